import fc from "fast-check";
import { expect, test } from "vitest";
import { askBreaker, type BreakerState, CLOSED, noteTry } from "./breaker.ts";

const POLICY = { failuresMax: 3, restMs: 60_000 };
const t0 = 1_000_000;
const failing = (times: number): BreakerState =>
  Array.from({ length: times }).reduce<BreakerState>((state) => noteTry(state, POLICY, true, t0), CLOSED);

test.each([
  ["closed", CLOSED, t0, "go"],
  ["after two failures", failing(2), t0, "go"],
  ["after three failures", failing(3), t0 + 59_999, "wait"],
  ["after its rest", failing(3), t0 + 60_000, "go"],
] as const)("a breaker %s: %o at %d", (_name, state, nowMs, kind) => {
  expect(askBreaker(state, POLICY, nowMs).kind).toBe(kind);
});

test("after its rest one try goes and the others wait for another rest", () => {
  const asked = askBreaker(failing(3), POLICY, t0 + 60_000);
  expect(asked.kind).toBe("go");
  const next = asked.kind === "go" ? asked.next : CLOSED;
  expect(askBreaker(next, POLICY, t0 + 60_001)).toEqual({ kind: "wait", untilMs: t0 + 120_000 });
  expect(askBreaker(noteTry(next, POLICY, false, t0 + 61_000), POLICY, t0 + 61_000).kind).toBe("go");
  expect(askBreaker(noteTry(next, POLICY, true, t0 + 61_000), POLICY, t0 + 61_001)).toEqual({
    kind: "wait",
    untilMs: t0 + 121_000,
  });
});

test("one success closes it, whatever went before; nobody waits longer than a rest", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 20 }), (results) => {
      let state = CLOSED;
      for (const hasFailed of results) {
        state = noteTry(state, POLICY, hasFailed, t0);
        const asked = askBreaker(state, POLICY, t0);
        expect(asked.kind === "go" ? 0 : asked.untilMs - t0).toBeLessThanOrEqual(POLICY.restMs);
      }
      expect(noteTry(state, POLICY, false, t0)).toBe(CLOSED);
    }),
  );
});
