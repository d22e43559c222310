import fc from "fast-check";
import { expect, test } from "vitest";
import { decideStart } from "./decide-start.ts";

const policy = { capacity: 1_000, perCapKeyAndRegionMax: 250, lineMax: 100 };
const t0 = Date.UTC(2026, 10, 21);
const start = { kind: "start", latenessMs: 0 };
const wait = (reason: string) => ({ kind: "wait", reason, untilMs: t0 + 1_000 });

test.each([
  { name: "an idle worker starts it", kind: "slot", load: [0, 0, 0], expected: start },
  { name: "a tenant's 250th in a region starts", kind: "slot", load: [249, 249, 249], expected: start },
  { name: "a tenant's 251st in a region waits", kind: "slot", load: [250, 250, 250], expected: wait("cap") },
  { name: "the same tenant elsewhere starts", kind: "slot", load: [250, 250, 0], expected: start },
  { name: "a tenant with four fifths waits", kind: "look", load: [800, 800, 160], expected: wait("share") },
  { name: "another tenant beside it starts", kind: "look", load: [800, 0, 0], expected: start },
  { name: "a full worker makes it wait", kind: "slot", load: [1_000, 0, 0], expected: wait("full") },
  { name: "an audit leaves the second half", kind: "audit", load: [500, 0, 0], expected: wait("full") },
  { name: "a slot uses the second half", kind: "slot", load: [500, 0, 0], expected: start },
] as const)("load: $name", ({ kind, load: [total, ofCapKey, ofCapKeyInRegion], expected }) => {
  const load = { total, ofCapKey, ofCapKeyInRegion };
  expect(decideStart({ kind, notBeforeMs: t0 }, { load, line: null, sight: "passed" }, policy, t0)).toEqual(
    expected,
  );
});

test.each([
  {
    name: "10 s early waits for its instant",
    ageMs: -10_000,
    expected: { kind: "wait", untilMs: t0, reason: "early" },
  },
  { name: "on time starts", ageMs: 0, expected: start },
  { name: "30 s late still starts", ageMs: 30_000, expected: { kind: "start", latenessMs: 30_000 } },
  { name: "later than 30 s is dropped", ageMs: 30_001, expected: { kind: "drop", latenessMs: 30_001 } },
])("time: $name", ({ ageMs, expected }) => {
  const worker = {
    load: { total: 0, ofCapKey: 0, ofCapKeyInRegion: 0 },
    line: null,
    sight: "passed",
  } as const;
  expect(decideStart({ kind: "look", notBeforeMs: t0 }, worker, policy, t0 + ageMs)).toEqual(expected);
});

test.each([
  { sight: "unproven", expected: { kind: "wait", untilMs: t0 + 500, reason: "unproven" } },
  // It runs, and its finding is replaced by `unknown`: the region's silence would say less.
  { sight: "failed", expected: start },
  { sight: "passed", expected: start },
] as const)("sight: a worker whose self-check is $sight", ({ sight, expected }) => {
  const load = { total: 0, ofCapKey: 0, ofCapKeyInRegion: 0 };
  expect(decideStart({ kind: "now", notBeforeMs: t0 }, { load, line: null, sight }, policy, t0)).toEqual(
    expected,
  );
});

test.each([
  { name: "an empty line takes it", line: [0, 0], expected: start },
  { name: "a tenant may fill half of the line", line: [50, 49], expected: start },
  { name: "and no more than half", line: [50, 50], expected: wait("line") },
  { name: "another tenant still finds a place then", line: [50, 0], expected: start },
  { name: "a full line takes nobody", line: [100, 0], expected: wait("line") },
] as const)("a probe with a credential: $name", ({ line: [total, ofTenant], expected }) => {
  const load = { total, ofCapKey: 0, ofCapKeyInRegion: 0 };
  const worker = { load, line: { total, ofTenant }, sight: "passed" } as const;
  expect(decideStart({ kind: "slot", notBeforeMs: t0 }, worker, policy, t0)).toEqual(expected);
});

test("however many tenants push, a newcomer still starts", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 19 }), { maxLength: 3_000 }), (asks) => {
      const held = new Map<number, number>();
      let total = 0;
      // Spread over regions, so that only the share can refuse.
      const decide = (ofCapKey: number) => {
        const load = { total, ofCapKey, ofCapKeyInRegion: 0 };
        return decideStart(
          { kind: "slot", notBeforeMs: t0 },
          { load, line: null, sight: "passed" },
          policy,
          t0,
        );
      };
      for (const tenant of asks) {
        const ofCapKey = held.get(tenant) ?? 0;
        if (decide(ofCapKey).kind === "start") {
          held.set(tenant, ofCapKey + 1);
          total += 1;
        }
      }
      expect(decide(0)).toEqual(start);
    }),
  );
});
