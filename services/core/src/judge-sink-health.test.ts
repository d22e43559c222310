import { expect, test } from "vitest";
import { judgeSinkHealth } from "./judge-sink-health.ts";

const DAY_MS = 86_400_000;
const t0 = Date.UTC(2026, 10, 21);
const tried = {
  outcome: "retryable",
  isSinkDead: false,
  isRecheck: false,
  failuresInARow: 40,
  failingSinceMs: t0 - 5 * DAY_MS,
} as const;

test.each([
  ["accepts", { ...tried, outcome: "sent" }, "keep", "accepts"],
  [
    "fails for the first time",
    { ...tried, failingSinceMs: null, failuresInARow: 1 },
    "keep",
    "fails_briefly",
  ],
  [
    "fails for a moment less than five days",
    { ...tried, failingSinceMs: t0 - 5 * DAY_MS + 1 },
    "keep",
    "fails_briefly",
  ],
  ["fails for five days", tried, "disable", "failing_for_days"],
  [
    "failed nine times in a month",
    { ...tried, failuresInARow: 9, failingSinceMs: t0 - 30 * DAY_MS },
    "keep",
    "fails_rarely",
  ],
  [
    "failed ten times in a month",
    { ...tried, failuresInARow: 10, failingSinceMs: t0 - 30 * DAY_MS },
    "disable",
    "failing_for_days",
  ],
  ["refuses one message of ours", { ...tried, outcome: "permanent" }, "keep", "message_refused"],
  ["is gone", { ...tried, outcome: "permanent", isSinkDead: true }, "disable", "refused_for_good"],
  [
    "is gone, as the weekly check found",
    { ...tried, outcome: "permanent", isSinkDead: true, isRecheck: true },
    "disable",
    "recheck_refused",
  ],
] as const)("a sink that %s", (_name, facts, kind, reason) => {
  expect(judgeSinkHealth(facts, t0)).toEqual({ kind, reason });
});
