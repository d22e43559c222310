/** When an incident opens, what becomes of it, and when it is over. */
import { type Incident, readCause, severityOfCauses, worstCause } from "./incident.ts";
import type { IncidentCause } from "./incident-cause.ts";
import { changesBetween } from "./incident-changes.ts";
import type {
  IncidentDecision,
  IncidentIdleReason,
  IncidentReason,
  IncidentRules,
  IncidentUpdate,
} from "./incident-decision.ts";
import { unreachable } from "./unreachable.ts";

type EndpointUpdate = Extract<IncidentUpdate, { kind: "endpoint" }>;
type CauseUpdate = Extract<IncidentUpdate, { kind: "cause" }>;

/** What an update comes to, before it is known whether anything of it is new. */
interface Findings extends Pick<Incident, "causes" | "failureReason" | "regions" | "access"> {
  readonly startedAtMs: number;
  /** Of the trouble, when no cause is left. */
  readonly endedAtMs: number;
  /** Before this nothing opens an incident; null: now. */
  readonly aboutAtMs: number | null;
  /** Why it is over, when no cause is left. */
  readonly over: IncidentReason;
  /** Why nothing opens, when there is no cause. */
  readonly idle: IncidentIdleReason;
}

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
  const open = openOf(incident);
  if (update.kind === "gone") {
    return open === null
      ? idle(incident, "nothing-wrong")
      : settle(open, { ...sameAs(open, nowMs), causes: [], over: update.why }, nowMs);
  }
  if (open?.isSimulated) {
    const isOver = update.kind === "time" && nowMs >= open.openedAtMs + rules.simulatedForMs;
    return isOver
      ? settle(open, { ...sameAs(open, nowMs), causes: [], over: "simulation-over" }, nowMs)
      : idle(open, "simulated");
  }
  switch (update.kind) {
    case "endpoint":
      return update.committed === "unknown"
        ? passTime(incident, "nothing-known", nowMs, rules)
        : settle(incident, findingsOf(incident, update, nowMs, rules), nowMs);
    case "cause":
      return followCause(incident, update, nowMs);
    case "time":
      return passTime(incident, open === null ? "nothing-wrong" : "nothing-new", nowMs, rules);
    default:
      return unreachable(update);
  }
}

const openOf = (incident: Incident | null): Incident | null =>
  incident?.resolvedAtMs === null ? incident : null;

const idle = (incident: Incident | null, reason: IncidentIdleReason): IncidentDecision => ({
  next: incident,
  write: "none",
  changes: [],
  reason,
});

const sameAs = (open: Incident, nowMs: number): Findings => ({
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
  const open = openOf(incident);
  if (open === null && (!isRaised || atMs <= (incident?.resolvedAtMs ?? -1))) {
    return idle(incident, isRaised ? "too-old" : "nothing-wrong");
  }
  const others = (open?.causes ?? []).filter((other) => other !== cause);
  const causes = asSet(isRaised ? [...others, cause] : others);
  const findings: Findings = open
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
  return settle(incident, { ...findings, causes }, nowMs);
}

/** Only an access that changed long ago ends by itself. */
function passTime(
  incident: Incident | null,
  otherwise: IncidentIdleReason,
  nowMs: number,
  rules: IncidentRules,
): IncidentDecision {
  const open = openOf(incident);
  if (!open?.causes.includes("access_changed") || isAccessNews(open.access, nowMs, rules)) {
    return idle(incident, otherwise);
  }
  const causes = open.causes.filter((cause) => cause !== "access_changed");
  return settle(open, { ...sameAs(open, nowMs), causes, over: "access-is-normal-now" }, nowMs);
}

const isAccessNews = (access: Incident["access"], nowMs: number, rules: IncidentRules): boolean =>
  access !== null && nowMs < access.atMs + rules.accessChangedForMs;

function findingsOf(
  incident: Incident | null,
  update: EndpointUpdate,
  nowMs: number,
  rules: IncidentRules,
): Findings {
  const open = openOf(incident);
  const isDown = update.committed === "down";
  const { access, isChanged } = followAccess(incident, update, nowMs, rules);
  const causes = causesOf(open, update, isChanged);
  const wasDown = open?.causes.some((cause) => cause === "down" || cause === "flapping") ?? false;
  return {
    causes,
    ...namedBy(open, causes, update),
    access,
    startedAtMs: startOf(open, update),
    endedAtMs: wasDown ? update.sinceAtMs : update.aboutAtMs,
    aboutAtMs: isDown ? null : update.aboutAtMs,
    over: isOldAccess(open, access, nowMs, rules) ? "access-is-normal-now" : "recovered",
    idle: update.marks.includes("flapping") ? "flapping-opens-none" : "nothing-wrong",
  };
}

/** What turns out to be an outage may have begun before its first warning; afterwards the beginning is fixed. */
function startOf(open: Incident | null, update: EndpointUpdate): number {
  if (open === null) {
    return update.committed === "down" ? update.sinceAtMs : update.aboutAtMs;
  }
  const isNewlyDown = update.committed === "down" && !open.causes.includes("down");
  return isNewlyDown ? Math.min(open.startedAtMs, update.sinceAtMs) : open.startedAtMs;
}

function causesOf(
  open: Incident | null,
  update: EndpointUpdate,
  isAccessChanged: boolean,
): readonly IncidentCause[] {
  const marks = update.marks.flatMap((mark) => readCause(mark) ?? []);
  const troubles: readonly IncidentCause[] = [
    ...marks.filter((cause) => MARKED_CAUSES.includes(cause) || cause.startsWith("regional:")),
    ...(update.committed === "down" ? (["down"] as const) : []),
    ...(isAccessChanged ? (["access_changed"] as const) : []),
    ...(open?.causes.includes("burn_rate") ? (["burn_rate"] as const) : []),
  ];
  const isFlapping = marks.includes("flapping") && (open !== null || troubles.length > 0);
  return asSet(isFlapping ? [...troubles, "flapping"] : troubles);
}

/** Causes that the endpoint's machine marks by their own name, beside regions. */
const MARKED_CAUSES: readonly IncidentCause[] = ["degraded", "error_rate_elevated", "latency"];

const isOldAccess = (
  open: Incident | null,
  access: Incident["access"],
  nowMs: number,
  rules: IncidentRules,
): boolean => (open?.causes.includes("access_changed") ?? false) && !isAccessNews(access, nowMs, rules);

/**
 * A login wall that came or went counts until it goes or comes back, and at most for a day. While the endpoint is down
 * nobody sees a wall, so that it may have changed back unseen.
 */
function followAccess(
  incident: Incident | null,
  { access: news, committed, marks }: EndpointUpdate,
  nowMs: number,
  rules: IncidentRules,
): { readonly access: Incident["access"]; readonly isChanged: boolean } {
  const known = incident?.access ?? null;
  const wasChanged = openOf(incident)?.causes.includes("access_changed") ?? false;
  if (news !== null && news.atMs > (known?.atMs ?? -1)) {
    return { access: news, isChanged: !wasChanged && isAccessNews(news, nowMs, rules) };
  }
  const isBack = committed === "up" && known !== null && marks.includes("auth_walled") !== known.isWalled;
  return { access: known, isChanged: wasChanged && !isBack && isAccessNews(known, nowMs, rules) };
}

/**
 * The failure reason and the regions are those of the worst cause: they stay while it does (regions may join), so that
 * a reason that alternates from minute to minute does not fill the timeline.
 */
function namedBy(
  open: Incident | null,
  causes: readonly IncidentCause[],
  update: EndpointUpdate,
): Pick<Incident, "failureReason" | "regions"> {
  const worst = worstCause(causes);
  const regional = causes.flatMap((cause) => (cause.startsWith("regional:") ? cause.slice(9) : []));
  const regions = asSet([...update.regions, ...regional]);
  if (open === null) {
    return { failureReason: reasonOf(worst, update), regions };
  }
  if (worst === null || worst === "flapping") {
    return { failureReason: open.failureReason, regions: open.regions };
  }
  if (worst === worstCause(open.causes)) {
    return {
      failureReason: open.failureReason ?? reasonOf(worst, update),
      regions: asSet([...open.regions, ...regions]),
    };
  }
  return { failureReason: reasonOf(worst, update), regions: regions.length === 0 ? open.regions : regions };
}

function reasonOf(worst: IncidentCause | null, update: EndpointUpdate): Incident["failureReason"] {
  switch (worst) {
    case "down":
    case "degraded":
      return update.failureReason;
    case "error_rate_elevated":
    case "latency":
      return worst;
    case "access_changed":
      return update.marks.includes("auth_walled") ? "auth_required" : null;
    default:
      return null;
  }
}

/** Compares the findings with the incident: opens, reopens, amends, resolves, or finds nothing new. */
function settle(incident: Incident | null, found: Findings, nowMs: number): IncidentDecision {
  const open = openOf(incident);
  if (open === null) {
    return found.causes.length === 0 ? idle(incident, found.idle) : begin(incident, found, nowMs);
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

function begin(incident: Incident | null, found: Findings, nowMs: number): IncidentDecision {
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
    ? idle(before, "nothing-new")
    : { next, write: before === null ? "insert" : "update", changes, reason: first.reason };
}

const asSet = <T extends string>(values: readonly T[]): readonly T[] => [...new Set(values)].sort();
