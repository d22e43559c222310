import { ALERT_MESSAGE_VERSION, type AlertMessage } from "./alert-message.ts";
import { publicHelp } from "./public-help.ts";
import { incidentDurationMs, type PublicIncident } from "./public-incident.ts";
import { publicLine } from "./public-text.ts";

/** What subscribers of a public page are told of an incident; made of public fields only. `atMs`: now. */
export function subscriberMessage(input: {
  readonly told: "opened" | "updated" | "resolved";
  readonly incident: PublicIncident;
  /** As its public page shows it. */
  readonly endpoint: { readonly slug: string; readonly name: string };
  /** Base URL of the status pages. */
  readonly publicUrl: string;
  readonly atMs: number;
}): AlertMessage {
  const { told, incident, endpoint, publicUrl, atMs } = input;
  const { failureReason, updates } = incident;
  const latest = updates.at(-1);
  const isOver = told === "resolved";
  const page = `${publicUrl}/status/${endpoint.slug}`;
  return {
    v: ALERT_MESSAGE_VERSION,
    event: `incident.${told}`,
    severity: incident.severity,
    dedupKey: incident.id,
    title: publicLine(`${isOver ? "Resolved: " : ""}${endpoint.name}: ${incident.title}`, 150),
    summary: summaryOf(incident, atMs),
    atMs,
    isTest: false,
    isWorse: false,
    endpoint: { slug: endpoint.slug, name: endpoint.name, group: null, tags: [] },
    incident: {
      state: isOver ? "resolved" : "open",
      startedAtMs: incident.startedAtMs,
      resolvedAtMs: incident.endedAtMs,
      failureReason,
      causes: [incident.severity === "P1" ? "down" : "degraded"],
      regions: incident.cities.slice(0, 16),
      isFlapping: incident.isFlapping,
      update: latest === undefined ? null : { stage: latest.stage, body: latest.body },
      endpointsTogether: 1,
    },
    facts: [],
    links: [
      { label: "Status page", url: `${page}#incident-${incident.id}` },
      ...(failureReason === null
        ? []
        : [{ label: publicHelp(failureReason).title, url: `${publicUrl}/help/${failureReason}` }]),
    ],
    entries: [],
    entriesLeftOut: 0,
    proof: null,
  };
}

function summaryOf(incident: PublicIncident, atMs: number): string {
  const minutes = Math.floor(incidentDurationMs(incident, atMs) / 60_000);
  const lasted = `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  const where = incident.cities.length === 0 ? "" : `, seen from ${incident.cities.join(", ")}`;
  return publicLine(
    incident.endedAtMs === null
      ? `${incident.title} for ${lasted} so far${where}.`
      : `It works again after ${lasted}. It was: ${incident.title}${where}.`,
    600,
  );
}
