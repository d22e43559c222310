import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DEFAULT_STEP_AFTER_MS,
  decideEscalation,
  type EscalationState,
  escalationStepsSchema,
} from "./escalation.ts";

const MINUTE_MS = 60_000;
const t0 = Date.UTC(2026, 10, 23, 3);
const [A, B, C] = ["a", "b", "c"].map((letter) => `${letter.repeat(8)}-1111-4111-8111-111111111111`) as [
  string,
  string,
  string,
];
const step = (minutes: number, ...sinkIds: readonly string[]) => ({ afterMs: minutes * MINUTE_MS, sinkIds });

const state = (change: Partial<EscalationState> = {}): EscalationState => ({
  policy: { id: "p", steps: [step(0, A), step(5, B), step(15, A, C)] },
  pagedAtMs: t0,
  acknowledgedAtMs: null,
  resolvedAtMs: null,
  stepsDone: 1,
  hasEscalationPolicies: true,
  ...change,
});

describe("escalation", () => {
  test.each<[name: string, change: Partial<EscalationState>, minutes: number, expected: string]>([
    ["waits for its second step", {}, 4, "waiting [] 1 next 5"],
    ["tells the second step when it is due", {}, 5, "step-due [b] 2 next 15"],
    ["tells the third step when it is due", { stepsDone: 2 }, 15, "step-due [a,c] 3 next -"],
    [
      "tells several steps at once when we were away, each sink once",
      { stepsDone: 0 },
      60,
      "step-due [a,b,c] 3 next -",
    ],
    ["tells no step twice", { stepsDone: 2 }, 6, "waiting [] 2 next 15"],
    ["is over after its last step", { stepsDone: 3 }, 60, "steps-done [] 3 next -"],
    ["stops when somebody acknowledges", { acknowledgedAtMs: t0 }, 5, "acknowledged [] 1 next -"],
    ["stops at the end", { resolvedAtMs: t0 }, 5, "resolved [] 1 next -"],
    [
      "stops at the end rather than at the acknowledgement",
      { resolvedAtMs: t0, acknowledgedAtMs: t0 },
      5,
      "resolved [] 1 next -",
    ],
    [
      "has not begun while nobody was told",
      { pagedAtMs: null, stepsDone: 0 },
      60,
      "nobody-told-yet [] 0 next -",
    ],
    ["is part of the plan", { hasEscalationPolicies: false }, 5, "plan-without-escalation [] 1 next -"],
    ["takes a policy", { policy: null }, 5, "no-policy [] 1 next -"],
  ])("%s", (_name, change, minutes, expected) => {
    const { reason, sinkIds, stepsDone, nextAtMs } = decideEscalation(
      state(change),
      t0 + minutes * MINUTE_MS,
    );
    const next = nextAtMs === null ? "-" : (nextAtMs - t0) / MINUTE_MS;
    expect(`${reason} [${sinkIds.map((id) => id[0])}] ${stepsDone} next ${next}`).toBe(expected);
  });

  test("tells every step once and in order, however often it is asked, and comes to an end", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 7 * MINUTE_MS }), { maxLength: 30 }), (pauses) => {
        let [nowMs, stepsDone] = [t0, 0];
        const told: string[] = [];
        for (const pause of [...pauses, 60 * MINUTE_MS]) {
          nowMs += pause;
          const decision = decideEscalation(state({ stepsDone }), nowMs);
          expect(decision.nextAtMs === null || decision.nextAtMs > nowMs).toBe(true);
          stepsDone = decision.stepsDone;
          told.push(...decision.sinkIds);
        }
        expect(stepsDone).toBe(3);
        expect(told.length).toBeLessThanOrEqual(4);
        expect(new Set(told)).toEqual(new Set([A, B, C]));
        expect(decideEscalation(state({ stepsDone }), nowMs).nextAtMs).toBeNull();
      }),
    );
  });

  test.each<[name: string, steps: unknown]>([
    ["no step", []],
    ["a first step that comes later", [step(5, A)]],
    ["two steps at once", [step(0, A), step(0, B)]],
    ["a step before the one before", [step(0, A), step(5, B), step(4, C)]],
    ["a step without sinks", [step(0)]],
    ["a step for nobody we know", [step(0, "everyone")]],
    ["a step a day late", [step(0, A), step(24 * 60 + 1, B)]],
    ["a step before the page", [step(-5, A)]],
    ["parts of a millisecond", [step(0, A), { afterMs: 0.5, sinkIds: [B] }]],
    ["a way back to a step or a policy", [{ ...step(0, A), policyId: "p" }]],
    ["an eleventh step", Array.from({ length: 11 }, (_, i) => step(i, A))],
    ["a twenty-first sink", [{ afterMs: 0, sinkIds: Array.from({ length: 21 }, () => A) }]],
  ])("refuses %s", (_name, steps) => {
    expect(escalationStepsSchema.safeParse(steps).success).toBe(false);
  });

  test("takes each sink of a step once, and ten steps a day long", () => {
    const parsed = escalationStepsSchema.parse([step(0, A, A, B), step(24 * 60, A)]);
    expect(parsed).toEqual([step(0, A, B), step(24 * 60, A)]);
    expect(escalationStepsSchema.safeParse(Array.from({ length: 10 }, (_, i) => step(i, A))).success).toBe(
      true,
    );
  });

  test("comes by default at once, after five minutes and after fifteen", () => {
    expect(DEFAULT_STEP_AFTER_MS).toEqual([0, 5 * MINUTE_MS, 15 * MINUTE_MS]);
    const steps = DEFAULT_STEP_AFTER_MS.map((afterMs) => ({ afterMs, sinkIds: [A] }));
    expect(escalationStepsSchema.safeParse(steps).success).toBe(true);
  });
});
