/** Which changes of an incident are worth a message, and what kind of message. */
import type { Alert, IncidentNews } from "./alert.ts";
import type { AlertEvent } from "./alert-event.ts";
import type { Incident } from "./incident.ts";
import type { IncidentChange } from "./incident-decision.ts";

/** Causes of their own worth, told even of an incident that was told already. */
const TELLING_CAUSES: readonly string[] = ["burn_rate", "access_changed"];

export type UntoldReason =
  /** More regions, another mild cause: it is on the page. */
  | "timeline-only"
  /** It goes up and down: that was told once, its end will be. */
  | "flapping-told-once";

export type IncidentAlertDecision =
  | { readonly kind: "alert"; readonly event: AlertEvent; readonly news: IncidentNews }
  | { readonly kind: "none"; readonly reason: UntoldReason };

/**
 * Decides over all changes of one revision: at most one message comes of them. While an incident flaps only its
 * beginning to do so, and its end, are told.
 */
export function alertOfIncident(
  incident: Pick<Incident, "causes">,
  changes: readonly IncidentChange[],
): IncidentAlertDecision {
  const has = (kind: IncidentChange["kind"]) => changes.some((change) => change.kind === kind);
  const told = (event: AlertEvent, news: IncidentNews): IncidentAlertDecision => ({
    kind: "alert",
    event,
    news,
  });
  if (has("opened")) {
    return told("incident.opened", "opened");
  }
  if (has("reopened")) {
    return told("incident.opened", "reopened");
  }
  if (has("resolved")) {
    return told("incident.resolved", "resolved");
  }
  if (has("flapping")) {
    return told("incident.updated", "flapping");
  }
  if (incident.causes.includes("flapping")) {
    return { kind: "none", reason: "flapping-told-once" };
  }
  if (has("severity-rose")) {
    return told("incident.updated", "rose");
  }
  if (has("severity-fell")) {
    return told("incident.updated", "fell");
  }
  const isTelling = changes.some(
    ({ kind, facts }) => kind === "cause-added" && TELLING_CAUSES.includes(facts.cause ?? ""),
  );
  return isTelling ? told("incident.updated", "added") : { kind: "none", reason: "timeline-only" };
}

/** The alert to one tenant. `step` names it within the incident: its revision, or what else is told of it. */
export function incidentAlert(
  decided: { readonly event: AlertEvent; readonly news: IncidentNews },
  incident: Pick<Incident, "severity" | "isSimulated" | "revision">,
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
    facts: { kind: "incident", incidentTenantId, news: decided.news },
  };
}
