import { type EndpointMark, type EndpointState, shownReason } from "./endpoint-state.ts";
import type { EndpointAction, EndpointDecision, MarkReason } from "./endpoint-state-decision.ts";
import { foldMinutes } from "./endpoint-state-minutes.ts";
import type { StateRules } from "./endpoint-state-rules.ts";

/**
 * Brings the marks of a decided state up to date and tells what was raised or cleared since `before`.
 *
 * A change of the committed state speaks for itself: what it raises or clears besides, flapping apart, is not told.
 */
export function refreshMarks(
  before: EndpointState,
  decision: EndpointDecision,
  atMs: number,
  rules: StateRules,
): EndpointDecision {
  const { next } = decision;
  const marks: readonly string[] = marksOf(next, atMs, rules);
  const isCommit = before.committed !== next.committed;
  const marked = { ...next, marks };
  const changed = [
    ...marks.filter((mark) => !before.marks.includes(mark)),
    ...before.marks.filter((mark) => !marks.includes(mark)),
  ].filter((mark) => !isCommit || mark === "flapping");
  if (changed.length === 0) {
    const isSame = marks.length === next.marks.length && marks.every((mark, i) => mark === next.marks[i]);
    return isSame ? decision : { ...decision, next: marked };
  }
  const wasAccessKnown = foldMinutes(before.memory, rules).walled !== null;
  const told = changed.sort().map((mark): EndpointAction => {
    const isRaised = marks.includes(mark);
    return {
      kind: "mark",
      mark,
      isRaised,
      atMs,
      reason: markReason(mark, isRaised, wasAccessKnown),
      failureReason: isRaised ? shownReason(marked, rules) : null,
    };
  });
  return { ...decision, next: marked, actions: [...decision.actions, ...told] };
}

function marksOf(state: EndpointState, atMs: number, rules: StateRules): readonly EndpointMark[] {
  const recent = state.changedAtMs.filter((changedAtMs) => changedAtMs > atMs - rules.flappingWindowMs);
  const marks: EndpointMark[] = recent.length >= rules.flappingChangesMin ? ["flapping"] : [];
  if (state.committed !== "down") {
    const fold = foldMinutes(state.memory, rules);
    const regions = Object.entries(fold.regional).filter(([, { isOn }]) => isOn);
    marks.push(
      ...(fold.degraded.isOn ? (["degraded"] as const) : []),
      ...(fold.walled?.isOn ? (["auth_walled"] as const) : []),
      ...(fold.slow.isOn ? (["latency"] as const) : []),
      ...(isErrorRateTold(state) ? (["error_rate_elevated"] as const) : []),
      ...regions.map(([region]) => `regional:${region}` as const),
    );
  }
  return marks.sort();
}

/** While an outage is being confirmed, its failures may be that outage's: they are told of as such, or afterwards. */
function isErrorRateTold({ memory, marks, confirmation }: EndpointState): boolean {
  return (
    memory.isErrorRateElevated && (confirmation?.target !== "down" || marks.includes("error_rate_elevated"))
  );
}

function markReason(mark: string, isRaised: boolean, wasAccessKnown: boolean): MarkReason {
  if (mark === "auth_walled") {
    return wasAccessKnown ? "access-changed" : "access-known";
  }
  const change = isRaised ? "raised" : "cleared";
  switch (mark) {
    case "degraded":
    case "flapping":
    case "latency":
      return `${mark}-${change}`;
    case "error_rate_elevated":
      return `error-rate-${change}`;
    default:
      return `regional-${change}`;
  }
}
