import { type Incident, openIncident, severityOfCauses } from "./incident.ts";
import { changesBetween } from "./incident-changes.ts";
import type { IncidentDecision, IncidentIdleReason, IncidentReason } from "./incident-decision.ts";
import type { IncidentFindings } from "./incident-findings.ts";

/** Nothing changes. */
export const idleIncident = (incident: Incident | null, reason: IncidentIdleReason): IncidentDecision => ({
  next: incident,
  write: "none",
  changes: [],
  reason,
});

/** Compares the findings with the incident: opens, reopens, amends, resolves, or finds nothing new. */
export function settleIncident(
  incident: Incident | null,
  found: IncidentFindings,
  nowMs: number,
): IncidentDecision {
  const open = openIncident(incident);
  if (open === null) {
    return found.causes.length === 0 ? idleIncident(incident, found.idle) : begin(incident, found, nowMs);
  }
  const { causes, failureReason, regions, access, startedAtMs } = found;
  const severity = severityOfCauses(causes);
  const isOver = causes.length === 0;
  const next: Incident = {
    ...open,
    causes,
    failureReason,
    regions,
    access,
    startedAtMs,
    isFlapping: open.isFlapping || causes.includes("flapping"),
    ...(isOver
      ? { resolvedAtMs: nowMs, endedAtMs: Math.max(startedAtMs, Math.min(found.endedAtMs, nowMs)) }
      : { severity, severityWorst: severity === "P1" ? "P1" : open.severityWorst }),
    revision: open.revision + 1,
  };
  return decide(open, next, found.over, nowMs);
}

function begin(incident: Incident | null, found: IncidentFindings, nowMs: number): IncidentDecision {
  const { causes, failureReason, regions, access, aboutAtMs } = found;
  const severity = severityOfCauses(causes);
  const isFlapping = causes.includes("flapping");
  const named = { causes, failureReason, regions, access, severity, resolvedAtMs: null, endedAtMs: null };
  const ended = incident?.isSimulated ? null : incident;
  if (ended?.resolvedAtMs && aboutAtMs !== null && aboutAtMs < ended.resolvedAtMs) {
    const severityWorst = severity === "P1" ? "P1" : ended.severityWorst;
    const next = { ...ended, ...named, severityWorst, revision: ended.revision + 1 };
    return decide(ended, { ...next, isFlapping: ended.isFlapping || isFlapping }, found.over, nowMs);
  }
  const next: Incident = {
    ...named,
    isSimulated: false,
    startedAtMs: Math.max(found.startedAtMs, ended?.endedAtMs ?? 0),
    openedAtMs: nowMs,
    severityWorst: severity,
    isFlapping,
    revision: 1,
  };
  return decide(null, next, found.over, nowMs);
}

function decide(
  before: Incident | null,
  next: Incident,
  over: IncidentReason,
  nowMs: number,
): IncidentDecision {
  const changes = changesBetween(before, next, over, nowMs);
  const [first] = changes;
  return first === undefined
    ? idleIncident(before, "nothing-new")
    : { next, write: before === null ? "insert" : "update", changes, reason: first.reason };
}
