import { type AlertMessage, alertMessageSchema } from "@alivemcp/core/alert-message";

/** A page of a committed outage with everything that a message can carry; checked by the schema. */
export function testMessage(changes: Partial<AlertMessage> = {}): AlertMessage {
  return alertMessageSchema.parse({
    v: 1,
    event: "incident.opened",
    severity: "P1",
    dedupKey: "6f0f5a0e-3c1f-4c39-9a9c-51b1a2a7f001",
    title: "Weather API is down",
    summary: "The connection is refused from Ashburn and London since 09:58 UTC.",
    atMs: Date.UTC(2026, 10, 21, 10, 0),
    isTest: false,
    endpoint: { slug: "weather-api", name: "Weather API", group: "Core", tags: ["prod", "eu"] },
    incident: {
      state: "open",
      startedAtMs: Date.UTC(2026, 10, 21, 9, 58),
      resolvedAtMs: null,
      failureReason: "connection_refused",
      causes: ["down"],
      regions: ["Ashburn", "London"],
      isFlapping: false,
      update: null,
      endpointsTogether: 1,
    },
    facts: [{ label: "Failing step", value: "tcp" }],
    links: [
      { label: "Incident", url: "https://app.example/incidents/1" },
      { label: "Status page", url: "https://status.example/status/weather-api" },
      { label: "What connection_refused means", url: "https://status.example/help/connection_refused" },
    ],
    entries: [],
    entriesLeftOut: 0,
    proof: null,
    ...changes,
  });
}
