/** What the state of an endpoint says about its incident, before it is known whether anything of it is new. */
import { asSet, type Incident, openIncident, readCause, worstCause } from "./incident.ts";
import type { IncidentCause } from "./incident-cause.ts";
import type {
  IncidentIdleReason,
  IncidentReason,
  IncidentRules,
  IncidentUpdate,
} from "./incident-decision.ts";

type EndpointUpdate = Extract<IncidentUpdate, { kind: "endpoint" }>;

export interface IncidentFindings extends Pick<Incident, "causes" | "failureReason" | "regions" | "access"> {
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

/** Whether a login wall that came or went is still news. */
export const isAccessNews = (access: Incident["access"], nowMs: number, rules: IncidentRules): boolean =>
  access !== null && nowMs < access.atMs + rules.accessChangedForMs;

/** What one decision about an endpoint says: all that is wrong with it now, and since when. */
export function findingsOf(
  incident: Incident | null,
  update: EndpointUpdate,
  nowMs: number,
  rules: IncidentRules,
): IncidentFindings {
  const open = openIncident(incident);
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
  const wasChanged = openIncident(incident)?.causes.includes("access_changed") ?? false;
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
