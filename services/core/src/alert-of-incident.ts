/** Which changes of an incident are worth a message, and what kind of message. */
import type { Alert, IncidentNews } from "./alert.ts";
import type { AlertEvent } from "./alert-event.ts";
import type { Incident } from "./incident.ts";
import type { IncidentChange, IncidentChangeKind, IncidentReason } from "./incident-decision.ts";

/** Causes of their own worth, told even of an incident that was told already. */
const TELLING_CAUSES: readonly string[] = ["burn_rate", "access_changed"];

export type UntoldReason =
  /** More regions, another mild cause: it is on the page. */
  | "timeline-only"
  /** It goes up and down: that was told once, its end will be. */
  | "flapping-told-once";

export type IncidentAlertDecision =
  | {
      readonly kind: "alert";
      readonly event: AlertEvent;
      readonly news: IncidentNews;
      readonly because: IncidentReason;
    }
  | { readonly kind: "none"; readonly reason: UntoldReason };

/** Kinds of changes that are told, the weightiest first: it speaks for the others of its revision. */
const TOLD: readonly (readonly [IncidentChangeKind, AlertEvent, IncidentNews])[] = [
  ["opened", "incident.opened", "opened"],
  ["reopened", "incident.opened", "reopened"],
  ["resolved", "incident.resolved", "resolved"],
  ["flapping", "incident.updated", "flapping"],
  ["severity-rose", "incident.updated", "rose"],
  ["severity-fell", "incident.updated", "fell"],
  ["cause-added", "incident.updated", "added"],
];
/** What is told of an incident that flaps. */
const TOLD_OF_FLAPPING: readonly IncidentNews[] = ["opened", "reopened", "resolved", "flapping"];

/**
 * Decides over all changes of one revision: at most one message comes of them. While an incident flaps only its
 * beginning to do so, and its end, are told.
 */
export function alertOfIncident(
  incident: Pick<Incident, "causes">,
  changes: readonly IncidentChange[],
): IncidentAlertDecision {
  for (const [kind, event, news] of TOLD) {
    const change = changes.find(
      (one) =>
        one.kind === kind && (kind !== "cause-added" || TELLING_CAUSES.includes(one.facts.cause ?? "")),
    );
    if (change === undefined) {
      continue;
    }
    return incident.causes.includes("flapping") && !TOLD_OF_FLAPPING.includes(news)
      ? { kind: "none", reason: "flapping-told-once" }
      : { kind: "alert", event, news, because: change.reason };
  }
  return { kind: "none", reason: "timeline-only" };
}

/** The alert to one tenant. `step` names it within the incident: its revision, or what else is told of it. */
export function incidentAlert(
  decided: { readonly event: AlertEvent; readonly news: IncidentNews; readonly because?: IncidentReason },
  incident: Pick<Incident, "severity" | "causes" | "isSimulated" | "revision">,
  row: { readonly tenantId: string; readonly endpointId: string; readonly incidentTenantId: string },
  atMs: number,
  step: string | number = incident.revision,
): Alert {
  const { incidentTenantId } = row;
  return {
    tenantId: row.tenantId,
    endpointId: row.endpointId,
    alertKey: `incident:${incidentTenantId}:${step}`,
    dedupKey: incidentTenantId,
    event: decided.event,
    severity: incident.severity,
    atMs,
    isTest: incident.isSimulated,
    facts: {
      kind: "incident",
      incidentTenantId,
      news: decided.news,
      because: decided.because ?? null,
      causes: incident.causes,
    },
  };
}
