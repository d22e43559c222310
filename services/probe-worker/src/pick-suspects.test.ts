import { expect, test } from "vitest";
import { CHILD_POLICY, hasIgnoredAbort, isOverdue, pickSuspects, SUSPECTS_MAX } from "./pick-suspects.ts";

const probe = (dispatch: number, sentMs = 0, budgetMs = 30_000) => ({
  dispatch,
  sentMs,
  budgetMs,
});
const running = [probe(1), probe(2), probe(3), probe(4, 40_000), probe(5, 40_000)];

test.each([
  {
    name: "a stalled loop: the last ones touched that still run",
    death: { cause: "stalled", running, touched: [9, 3, 1], nowMs: 50_000 },
    suspects: [3, 1],
  },
  {
    name: "a crash: likewise",
    death: { cause: "crashed", running, touched: [2], nowMs: 50_000 },
    suspects: [2],
  },
  {
    name: "a crash that touched none of them: nobody",
    death: { cause: "crashed", running, touched: [9], nowMs: 50_000 },
    suspects: [],
  },
  {
    name: "an ignored abort: those that ignored it, whoever was touched last",
    death: { cause: "ignored-abort", running, touched: [4, 5], nowMs: 50_000 },
    suspects: [1, 2, 3],
  },
  {
    name: "a child that never started: nobody",
    death: { cause: "never-ready", running, touched: [1], nowMs: 50_000 },
    suspects: [],
  },
] as const)("$name", ({ death, suspects }) => {
  expect([...pickSuspects(death, CHILD_POLICY)].toSorted()).toEqual([...suspects].toSorted());
});

test("there are never more suspects than can be re-run one by one", () => {
  const many = Array.from({ length: 100 }, (_, n) => probe(n + 1));
  const touched = many.map(({ dispatch }) => dispatch);
  const suspects = pickSuspects({ cause: "stalled", running: many, touched, nowMs: 0 }, CHILD_POLICY);
  expect([...suspects]).toEqual(touched.slice(0, SUSPECTS_MAX));
});

test.each([
  { name: "a full probe", budgetMs: 30_000, abortsAtMs: 35_000, diesAtMs: 45_000 },
  { name: "a look", budgetMs: 10_000, abortsAtMs: 15_000, diesAtMs: 25_000 },
])(
  "$name is aborted 5 s and killed 15 s after its own deadline, before 50 s",
  ({ budgetMs, abortsAtMs, diesAtMs }) => {
    const run = probe(1, 0, budgetMs);
    expect([isOverdue(run, abortsAtMs - 1, CHILD_POLICY), isOverdue(run, abortsAtMs, CHILD_POLICY)]).toEqual([
      false,
      true,
    ]);
    expect([
      hasIgnoredAbort(run, diesAtMs - 1, CHILD_POLICY),
      hasIgnoredAbort(run, diesAtMs, CHILD_POLICY),
    ]).toEqual([false, true]);
    expect(diesAtMs).toBeLessThan(50_000);
  },
);
