import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decidePlanFit, type PlanFit, type WatchedUse } from "./plan-fit.ts";
import { PLAN_NAMES, PLANS } from "./plans.ts";

const DAY_MS = 86_400_000;
/** Added on the given day; the name is the id. */
const use = (endpointId: string, day: number, more: Partial<WatchedUse> = {}): WatchedUse => ({
  kind: "own",
  endpointId,
  addedAtMs: day * DAY_MS,
  cadenceS: 60,
  isPrivate: false,
  paused: "no",
  ...more,
});
const ids = (names: readonly { readonly endpointId: string }[]) => names.map(({ endpointId }) => endpointId);
const six = ["a", "b", "c", "d", "e", "f"].map((id, day) => use(id, day));

describe("a downgrade", () => {
  test("pauses the newest and names the limit they exceed", () => {
    expect(decidePlanFit(PLANS.public, six.slice(0, 3).toReversed())).toEqual({
      pause: [
        { kind: "own", endpointId: "c", reason: "endpointsMax" },
        { kind: "own", endpointId: "b", reason: "endpointsMax" },
      ],
      restore: [],
      slow: [],
    });
  });

  test("counts followed endpoints with one's own", () => {
    const uses = [...six.slice(0, 5), use("g", 9, { kind: "followed" })];
    expect(decidePlanFit(PLANS.author, uses).pause).toEqual([
      { kind: "followed", endpointId: "g", reason: "endpointsMax" },
    ]);
  });

  test("pauses private endpoints beyond their own limit and leaves open ones that are newer", () => {
    const uses = [
      use("a", 0, { isPrivate: true }),
      use("b", 1, { isPrivate: true }),
      use("c", 2, { isPrivate: true }),
      use("d", 3),
    ];
    expect(decidePlanFit(PLANS.author, uses).pause).toEqual([
      { kind: "own", endpointId: "c", reason: "privateEndpointsMax" },
    ]);
  });

  test("leaves alone what its owner paused, which takes no room", () => {
    const uses = [use("a", 0, { paused: "other" }), use("b", 1), use("c", 2, { paused: "other" })];
    expect(decidePlanFit(PLANS.public, uses)).toEqual({ pause: [], restore: [], slow: [] });
  });

  test("slows what keeps running down to the plan's cadence, and nothing else", () => {
    const uses = [
      use("a", 0, { cadenceS: 30 }),
      use("b", 1, { cadenceS: 300 }),
      use("c", 2, { cadenceS: 30, paused: "other" }),
    ];
    expect(decidePlanFit(PLANS.team, uses).slow).toEqual([{ kind: "own", endpointId: "a", cadenceS: 60 }]);
    expect(decidePlanFit(PLANS.enterprise, uses).slow).toEqual([]);
  });

  test("of endpoints added in the same millisecond always pauses the same", () => {
    const twins = [use("x", 1), use("y", 1)];
    expect(ids(decidePlanFit(PLANS.public, twins).pause)).toEqual(["y"]);
    expect(ids(decidePlanFit(PLANS.public, twins.toReversed()).pause)).toEqual(["y"]);
  });
});

describe("an upgrade", () => {
  const paused = [use("a", 0), ...six.slice(1).map((one) => ({ ...one, paused: "plan" as const }))];

  test("lets run again what fits, oldest first", () => {
    expect(ids(decidePlanFit(PLANS.author, paused).restore)).toEqual(["b", "c", "d", "e"]);
  });

  test("never takes the place of what runs for something older that was paused", () => {
    const uses = [use("old", 0, { paused: "plan" }), use("new", 5)];
    expect(decidePlanFit(PLANS.public, uses)).toEqual({ pause: [], restore: [], slow: [] });
  });

  test("brings back no more private endpoints than the plan allows", () => {
    const uses = ["a", "b", "c"].map((id, day) => use(id, day, { isPrivate: true, paused: "plan" }));
    expect(ids(decidePlanFit(PLANS.author, uses).restore)).toEqual(["a", "b"]);
  });
});

const anyUses = fc
  .uniqueArray(
    fc.record({
      number: fc.nat(200),
      kind: fc.constantFrom("own" as const, "followed" as const),
      day: fc.nat(20),
      cadenceS: fc.constantFrom(30, 60, 300),
      isPrivate: fc.boolean(),
      paused: fc.constantFrom("no" as const, "plan" as const, "other" as const),
    }),
    { selector: ({ number }) => number, maxLength: 80 },
  )
  .map((uses) =>
    uses.map(({ number, day, ...rest }) =>
      use(`e${number}`, day, { ...rest, isPrivate: rest.isPrivate && rest.kind === "own" }),
    ),
  );

function applied(uses: readonly WatchedUse[], fit: PlanFit): readonly WatchedUse[] {
  return uses.map((one) => {
    const slowed = fit.slow.find(({ endpointId }) => endpointId === one.endpointId);
    return {
      ...one,
      cadenceS: slowed?.cadenceS ?? one.cadenceS,
      paused: ids(fit.pause).includes(one.endpointId)
        ? ("plan" as const)
        : ids(fit.restore).includes(one.endpointId)
          ? ("no" as const)
          : one.paused,
    };
  });
}

test("whatever a workspace has, it fits its plan afterwards, with no room wasted, and deciding again changes nothing", () => {
  fc.assert(
    fc.property(fc.constantFrom(...PLAN_NAMES), anyUses, (name, uses) => {
      const plan = PLANS[name];
      const after = applied(uses, decidePlanFit(plan, uses));
      const running = after.filter(({ paused }) => paused === "no");
      expect(running.length).toBeLessThanOrEqual(plan.endpointsMax);
      expect(running.filter(({ isPrivate }) => isPrivate).length).toBeLessThanOrEqual(
        plan.privateEndpointsMax,
      );
      expect(running.every(({ cadenceS }) => cadenceS >= plan.cadenceSMin)).toBe(true);
      const waiting = after.filter(({ paused, isPrivate }) => paused === "plan" && !isPrivate);
      expect(waiting.length === 0 || running.length === plan.endpointsMax).toBe(true);
      expect(decidePlanFit(plan, after)).toEqual({ pause: [], restore: [], slow: [] });
    }),
  );
});
