/** When an incident opens, what becomes of it, and when it is over. */
import { asSet, type Incident, openIncident } from "./incident.ts";
import type {
  IncidentDecision,
  IncidentIdleReason,
  IncidentRules,
  IncidentUpdate,
} from "./incident-decision.ts";
import { findingsOf, type IncidentFindings, isAccessNews } from "./incident-findings.ts";
import { idleIncident, settleIncident } from "./settle-incident.ts";
import { unreachable } from "./unreachable.ts";

type CauseUpdate = Extract<IncidentUpdate, { kind: "cause" }>;

/**
 * Advances the incident of one endpoint: the open one, else the newest resolved one, else null. A simulated one is
 * advanced apart from the endpoint's own.
 *
 * At most one is open; causes are a set, and the worst sets the severity. New trouble after the end is a new incident,
 * unless a late or corrected minute says that the old one had not ended. `flapping` keeps an incident open and opens
 * none. Total; telling the same twice changes nothing. To be told of every decision about an endpoint that is watched,
 * changed or not: an outage that outlasts a pause is an incident again.
 */
export function advanceIncident(
  incident: Incident | null,
  update: IncidentUpdate,
  nowMs: number,
  rules: IncidentRules,
): IncidentDecision {
  const open = openIncident(incident);
  if (update.kind === "gone") {
    return open === null
      ? idleIncident(incident, "nothing-wrong")
      : settleIncident(open, { ...sameAs(open, nowMs), causes: [], over: update.why }, nowMs);
  }
  if (open?.isSimulated) {
    const isOver = update.kind === "time" && nowMs >= open.openedAtMs + rules.simulatedForMs;
    return isOver
      ? settleIncident(open, { ...sameAs(open, nowMs), causes: [], over: "simulation-over" }, nowMs)
      : idleIncident(open, "simulated");
  }
  switch (update.kind) {
    case "endpoint":
      return update.committed === "unknown"
        ? passTime(incident, "nothing-known", nowMs, rules)
        : settleIncident(incident, findingsOf(incident, update, nowMs, rules), nowMs);
    case "cause":
      return followCause(incident, update, nowMs);
    case "time":
      return passTime(incident, open === null ? "nothing-wrong" : "nothing-new", nowMs, rules);
    default:
      return unreachable(update);
  }
}

const sameAs = (open: Incident, nowMs: number): IncidentFindings => ({
  causes: open.causes,
  failureReason: open.failureReason,
  regions: open.regions,
  access: open.access,
  startedAtMs: open.startedAtMs,
  endedAtMs: nowMs,
  aboutAtMs: null,
  over: "recovered",
  idle: "nothing-wrong",
});

function followCause(incident: Incident | null, update: CauseUpdate, nowMs: number): IncidentDecision {
  const { cause, isRaised, atMs } = update;
  const open = openIncident(incident);
  if (open === null && (!isRaised || atMs <= (incident?.resolvedAtMs ?? -1))) {
    return idleIncident(incident, isRaised ? "too-old" : "nothing-wrong");
  }
  const others = (open?.causes ?? []).filter((other) => other !== cause);
  const causes = asSet(isRaised ? [...others, cause] : others);
  const findings: IncidentFindings = open
    ? { ...sameAs(open, nowMs), endedAtMs: atMs }
    : {
        causes,
        failureReason: null,
        regions: [],
        access: incident?.access ?? null,
        startedAtMs: atMs,
        endedAtMs: atMs,
        aboutAtMs: null,
        over: "recovered",
        idle: "nothing-wrong",
      };
  return settleIncident(incident, { ...findings, causes }, nowMs);
}

/** Only an access that changed long ago ends by itself. */
function passTime(
  incident: Incident | null,
  otherwise: IncidentIdleReason,
  nowMs: number,
  rules: IncidentRules,
): IncidentDecision {
  const open = openIncident(incident);
  if (!open?.causes.includes("access_changed") || isAccessNews(open.access, nowMs, rules)) {
    return idleIncident(incident, otherwise);
  }
  const causes = open.causes.filter((cause) => cause !== "access_changed");
  return settleIncident(open, { ...sameAs(open, nowMs), causes, over: "access-is-normal-now" }, nowMs);
}
