import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openTurnModel, type TurnModel } from "../test/turn-model.ts";
import { decideTurns, type TenantInLine, type TurnChild } from "./decide-turns.ts";

const policy = { childrenMax: 2, probesPerChild: 10 };
const child = (id: number, over: Partial<TurnChild> = {}): TurnChild => ({
  id,
  tenant: null,
  inFlight: 0,
  turn: id,
  isOpen: true,
  ...over,
});
const inLine = (...line: readonly (readonly [tenant: string, jobs: number])[]): TenantInLine[] =>
  line.map(([tenant, jobs]) => ({ tenant, jobs }));

test.each([
  { name: "nobody waits, nothing happens", children: [child(1)], line: [], starts: [], waits: [] },
  {
    name: "the first tenant gets a new child, for all its jobs",
    children: [],
    line: inLine(["a", 3]),
    starts: ["a:3 in new (new-child)"],
    waits: [],
  },
  {
    name: "an idle child is taken before a new one is made",
    children: [child(1, { tenant: "b" })],
    line: inLine(["a", 1]),
    starts: ["a:1 in 1 (idle-child)"],
    waits: [],
  },
  {
    name: "of two idle children a tenant gets the one it had",
    children: [child(1, { tenant: "b" }), child(2, { tenant: "a" })],
    line: inLine(["a", 1]),
    starts: ["a:1 in 2 (idle-child)"],
    waits: [],
  },
  {
    name: "a tenant's further jobs join those that run",
    children: [child(1, { tenant: "a", inFlight: 4 })],
    line: inLine(["a", 3]),
    starts: ["a:3 in 1 (own-child)"],
    waits: [],
  },
  {
    name: "a second tenant gets a child of its own",
    children: [child(1, { tenant: "a", inFlight: 4 })],
    line: inLine(["b", 3]),
    starts: ["b:3 in new (new-child)"],
    waits: [],
  },
  {
    name: "a tenant never gets a second child, however much it has",
    children: [child(1, { tenant: "a", inFlight: 9 })],
    line: inLine(["a", 30]),
    starts: ["a:1 in 1 (own-child)"],
    waits: [],
  },
  {
    name: "a full child makes its tenant wait",
    children: [child(1, { tenant: "a", inFlight: 10 })],
    line: inLine(["a", 1]),
    starts: [],
    waits: ["a child-full"],
  },
  {
    name: "a tenant without a child waits, and the oldest turn ends: its tenant's next jobs wait too",
    children: [
      child(1, { tenant: "a", inFlight: 1, turn: 7 }),
      child(2, { tenant: "b", inFlight: 1, turn: 6 }),
    ],
    line: inLine(["c", 1], ["a", 1], ["b", 1]),
    starts: ["a:1 in 1 (own-child)"],
    waits: ["c no-child", "b turn-over"],
  },
  {
    name: "two tenants without a child end two turns",
    children: [child(1, { tenant: "a", inFlight: 1 }), child(2, { tenant: "b", inFlight: 1 })],
    line: inLine(["a", 1], ["b", 1], ["c", 1], ["d", 1]),
    starts: [],
    waits: ["c no-child", "d no-child", "a turn-over", "b turn-over"],
  },
  {
    name: "a drained child goes to who waits longest, not to who had it",
    children: [child(1, { tenant: "a" }), child(2, { tenant: "b", inFlight: 1 })],
    line: inLine(["c", 2], ["a", 5]),
    starts: ["c:2 in 1 (idle-child)"],
    waits: ["a no-child"],
  },
  {
    name: "who had the child that drained goes behind who waits, however long its further jobs waited",
    children: [child(1, { tenant: "a" }), child(2, { tenant: "b", inFlight: 1 })],
    line: inLine(["a", 5], ["c", 2]),
    starts: ["c:2 in 1 (idle-child)"],
    waits: ["a no-child"],
  },
  {
    name: "nothing starts in a child that is dying; its tenant waits like anybody",
    children: [child(1, { tenant: "a", inFlight: 2, isOpen: false }), child(2, { tenant: "b", inFlight: 1 })],
    line: inLine(["a", 1]),
    starts: [],
    waits: ["a no-child"],
  },
])("$name", ({ children, line, starts, waits }) => {
  const decision = decideTurns(children, line, policy);
  expect(
    decision.starts.map((each) => `${each.tenant}:${each.jobs} in ${each.child ?? "new"} (${each.reason})`),
  ).toEqual(starts);
  expect(decision.waits.map(({ tenant, reason }) => `${tenant} ${reason}`)).toEqual(waits);
});

const TENANTS = ["a", "b", "c", "d", "e"] as const;
const events = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("job" as const), tenant: fc.constantFrom(...TENANTS) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("end" as const), nth: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("death" as const), nth: fc.nat(3) }) },
  ),
  { maxLength: 120 },
);

describe("whatever happens", () => {
  test("two tenants are never in one child at once, no tenant is in two, and no more children are made than may be", () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 4 }), (story, childrenMax) => {
        const model = openTurnModel(childrenMax);
        for (const event of story) {
          model.play(event);
          const tenants = model.children.map(({ running }) => [...new Set(running)]);
          expect(tenants.filter((each) => each.length > 1)).toEqual([]);
          expect(new Set(tenants.flat()).size).toBe(tenants.flat().length);
          expect(model.children.length).toBeLessThanOrEqual(childrenMax);
        }
      }),
    );
  });

  test("no place is left empty while somebody waits without a child", () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 4 }), (story, childrenMax) => {
        const model = openTurnModel(childrenMax);
        for (const event of story) {
          model.play(event);
          const isIdle =
            model.children.length < childrenMax || model.children.some(({ running }) => running.length === 0);
          // Who has a child waits when it is full: nobody has two.
          const childless = [...model.line.keys()].filter((tenant) => !isRunning(model, tenant));
          expect(isIdle && childless.length > 0).toBe(false);
        }
      }),
    );
  });

  test("nobody starves: before a tenant that waits without a child, only those get a turn who waited before it, once each", () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 3 }), (story, childrenMax) => {
        const model = openTurnModel(childrenMax);
        for (const event of story) {
          model.play(event);
        }
        const line = [...model.line.keys()];
        const last = line.findLast((tenant) => !isRunning(model, tenant));
        const given = model.turnsGiven.length;
        playUntilRunning(model, last);
        const before = model.turnsGiven.slice(given, model.turnsGiven.indexOf(last ?? "", given));
        expect(last === undefined || isRunning(model, last)).toBe(true);
        expect(new Set(before).size).toBe(before.length);
        expect(before.filter((tenant) => !line.slice(0, line.indexOf(last ?? "")).includes(tenant))).toEqual(
          [],
        );
      }),
      { numRuns: 500 },
    );
  });
});

/** Everybody goes on adding jobs; only probes that end make room. */
function playUntilRunning(model: TurnModel, last: string | undefined): void {
  for (let round = 0; round < 200 && last !== undefined && !isRunning(model, last); round += 1) {
    for (const { tenant } of model.children) {
      model.play({ kind: "job", tenant: tenant ?? "a" });
    }
    model.play({ kind: "end", nth: round });
  }
}

const isRunning = (model: TurnModel, wanted: string) =>
  model.children.some(({ running }) => running.includes(wanted));
