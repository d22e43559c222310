/** What changed between two revisions of an incident, as facts of its timeline. */
import type { Incident } from "./incident.ts";
import type { IncidentCause } from "./incident-cause.ts";
import type { IncidentChange, IncidentChangeKind, IncidentReason } from "./incident-decision.ts";

/**
 * In order of telling; empty when nothing did. `before` is null for a new incident; `over` says why the trouble is over
 * when `next` is resolved, or why a cause ended by itself.
 */
export function changesBetween(
  before: Incident | null,
  next: Incident,
  over: IncidentReason,
  atMs: number,
): readonly IncidentChange[] {
  const change = (
    kind: IncidentChangeKind,
    reason: IncidentReason,
    facts: IncidentChange["facts"],
    about = "",
  ): IncidentChange => ({
    kind,
    reason,
    atMs,
    key: `${kind}:${next.revision}${about && `:${about}`}`,
    facts,
  });
  const { severity, causes, regions, failureReason, startedAtMs } = next;
  const whole = { severity, causes, regions, failureReason, startedAtMs };
  if (before === null) {
    return [change("opened", "trouble-began", whole)];
  }
  if (before.resolvedAtMs !== null) {
    return next.resolvedAtMs === null ? [change("reopened", "trouble-had-not-ended", whole)] : [];
  }
  if (next.resolvedAtMs !== null) {
    const endedAtMs = next.endedAtMs ?? next.resolvedAtMs;
    return [change("resolved", over, { endedAtMs, causes: before.causes, severity: before.severity })];
  }
  const changes = [...severityChanges(before, next, change), ...causeChanges(before, next, over, change)];
  if (regions.join() !== before.regions.join()) {
    changes.push(change("regions-changed", "more-regions", { regions }));
  }
  if (failureReason !== before.failureReason) {
    changes.push(change("reason-known", "reason-found", { failureReason }));
  }
  if (startedAtMs !== before.startedAtMs) {
    changes.push(change("amended", "began-earlier", { startedAtMs }));
  }
  return changes;
}

type MakeChange = (
  kind: IncidentChangeKind,
  reason: IncidentReason,
  facts: IncidentChange["facts"],
  about?: string,
) => IncidentChange;

function severityChanges(before: Incident, next: Incident, change: MakeChange): readonly IncidentChange[] {
  const { severity, causes } = next;
  if (severity === before.severity) {
    return [];
  }
  return severity < before.severity
    ? [change("severity-rose", "got-worse", { severity, causes })]
    : [change("severity-fell", "got-better", { severity, causes })];
}

/** All but `down`, of which the change of the severity tells. */
function causeChanges(
  before: Incident,
  next: Incident,
  over: IncidentReason,
  change: MakeChange,
): readonly IncidentChange[] {
  const newIn = (one: Incident, other: Incident): readonly IncidentCause[] =>
    one.causes.filter((cause) => cause !== "down" && !other.causes.includes(cause));
  return [
    ...newIn(next, before).map((cause) =>
      cause === "flapping"
        ? change("flapping", "flapping-began", { cause })
        : change("cause-added", "more-is-wrong", { cause }, cause),
    ),
    ...newIn(before, next).map((cause) => {
      const reason = over === "access-is-normal-now" && cause === "access_changed" ? over : "less-is-wrong";
      return change("cause-ended", reason, { cause }, cause);
    }),
  ];
}
