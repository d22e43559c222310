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
  const rose = severity < before.severity;
  const changes: IncidentChange[] = [];
  if (severity !== before.severity) {
    changes.push(
      rose
        ? change("severity-rose", "got-worse", { severity, causes })
        : change("severity-fell", "got-better", { severity, causes }),
    );
  }
  // A change of the severity tells of `down` already.
  const isTold = (cause: IncidentCause) => cause === "down";
  for (const cause of causes.filter((one) => !before.causes.includes(one) && !isTold(one))) {
    changes.push(
      cause === "flapping"
        ? change("flapping", "flapping-began", { cause })
        : change("cause-added", "more-is-wrong", { cause }, cause),
    );
  }
  for (const cause of before.causes.filter((one) => !causes.includes(one) && !isTold(one))) {
    const reason = over === "access-is-normal-now" && cause === "access_changed" ? over : "less-is-wrong";
    changes.push(change("cause-ended", reason, { cause }, cause));
  }
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
