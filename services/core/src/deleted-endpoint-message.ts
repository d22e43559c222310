import { ALERT_MESSAGE_VERSION, type AlertMessage } from "./alert-message.ts";
import type { IncidentSeverity } from "./alert-severity.ts";
import { strangersLine } from "./strangers-line.ts";

/**
 * The end of an incident whose endpoint was deleted: there is no page left to link to, and nobody knows whether it
 * recovered. On every channel it ends what was opened there.
 */
export function deletedEndpointMessage(thread: {
  readonly dedupKey: string;
  readonly endpointName: string;
  readonly endpointSlug: string;
  readonly severity: IncidentSeverity;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly isSimulated: boolean;
}): AlertMessage {
  const name = strangersLine(thread.endpointName, 100) || "An endpoint";
  const endedAtMs = Math.round(thread.endedAtMs);
  return {
    v: ALERT_MESSAGE_VERSION,
    event: "incident.resolved",
    severity: thread.severity,
    dedupKey: thread.dedupKey,
    title: `${name} is no longer watched`,
    summary:
      "It was deleted while it had an incident. Nobody probes it any more, so that the incident is closed.",
    atMs: endedAtMs,
    isTest: thread.isSimulated,
    isWorse: false,
    endpoint: { slug: thread.endpointSlug, name, group: null, tags: [] },
    incident: {
      state: "resolved",
      startedAtMs: Math.min(Math.round(thread.startedAtMs), endedAtMs),
      resolvedAtMs: endedAtMs,
      failureReason: null,
      causes: [],
      regions: [],
      isFlapping: false,
      update: null,
      endpointsTogether: 1,
    },
    facts: [],
    links: [],
    entries: [],
    entriesLeftOut: 0,
    proof: null,
  };
}
