import type { EndpointState } from "./endpoint-state.ts";
import type { CommitReason, EndpointDecision } from "./endpoint-state-decision.ts";
import { restartMinutes } from "./endpoint-state-minutes.ts";
import type { StateRules } from "./endpoint-state-rules.ts";
import { invariant } from "./invariant.ts";
import { minuteOf } from "./pipeline.ts";
import type { FailureReason } from "./states.ts";

/**
 * Changes the committed state. Spans never overlap: one that would begin before the present one begins a millisecond
 * after it. A change between up and down forgets what regions were muted for and the minutes before it.
 */
export function commitState(
  state: EndpointState,
  commit: {
    readonly to: "up" | "down";
    readonly sinceAtMs: number;
    readonly reason: CommitReason;
    readonly failureReason: FailureReason | null;
    readonly confirmation: number | null;
    readonly regions: readonly string[];
  },
  nowMs: number,
  rules: StateRules,
): EndpointDecision {
  const { to, reason } = commit;
  const from = state.committed;
  invariant(from !== to, "a commit changes the committed state");
  const isChange = from !== "unknown";
  const sinceAtMs = isChange ? Math.max(commit.sinceAtMs, state.sinceAtMs + 1) : commit.sinceAtMs;
  const unmuted = Object.entries(state.regions).map(([region, memory]) => [
    region,
    { ...memory, mutedUntilMs: null },
  ]);
  return {
    next: {
      ...state,
      committed: to,
      sinceAtMs,
      downReason: to === "down" ? commit.failureReason : null,
      regions: Object.fromEntries(unmuted),
      changedAtMs: isChange
        ? [...state.changedAtMs, nowMs].slice(-rules.flappingChangesMin)
        : state.changedAtMs,
      memory:
        isChange || to === "down"
          ? restartMinutes(state.memory, minuteOf(to === "down" ? nowMs : sinceAtMs), rules)
          : state.memory,
    },
    actions: [{ kind: "commit", from, decidedAtMs: nowMs, ...commit, sinceAtMs }],
    reason,
  };
}
