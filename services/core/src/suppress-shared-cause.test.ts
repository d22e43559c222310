import fc from "fast-check";
import { expect, test } from "vitest";
import type { SharedCause } from "./shared-cause.ts";
import {
  type CausedPage,
  countCauses,
  decideClusterClosing,
  decideClusterOpening,
  decideClusters,
  decideSuppressedPage,
  SUPPRESSION_POLICY,
} from "./suppress-shared-cause.ts";

const MINUTE_MS = 60_000;
const t0 = Date.UTC(2026, 10, 21, 3);
const host: SharedCause = "host:mcp.example.com";
const domain: SharedCause = "domain:example.com";

test.each([
  ["nine tenants of ten", 9, 10, "none", "too_few_tenants"],
  ["ten tenants of ten", 10, 10, "open", "many_tenants_one_cause"],
  ["ten tenants of 99", 10, 99, "open", "many_tenants_one_cause"],
  ["ten tenants of 100: not more than a tenth", 10, 100, "none", "too_small_a_share"],
  ["eleven tenants of 100", 11, 100, "open", "many_tenants_one_cause"],
  ["a hundred tenants of 5,000", 100, 5_000, "none", "too_small_a_share"],
  ["nobody", 0, 0, "none", "too_few_tenants"],
] as const)("%s: %s", (_name, tenants, tenantsAll, kind, reason) => {
  expect(decideClusterOpening({ tenants }, tenantsAll)).toEqual({ kind, reason });
});

const cluster = { openedAtMs: t0, tenantsMost: 40, tenantsNow: 40, lastPageAtMs: t0 };
test.each([
  ["everybody is still down", cluster, 10, "keep", "still_many"],
  ["a quarter is still down", { ...cluster, tenantsNow: 10 }, 10, "keep", "still_many"],
  ["fewer than a quarter is still down", { ...cluster, tenantsNow: 9 }, 10, "close", "most_recovered"],
  ["nobody is down any more", { ...cluster, tenantsNow: 0 }, 1, "close", "most_recovered"],
  ["nobody new for half an hour", cluster, 30, "close", "nobody_new"],
  ["somebody new a moment ago", { ...cluster, lastPageAtMs: t0 + 20 * MINUTE_MS }, 30, "keep", "still_many"],
  [
    "six hours with somebody new each minute",
    { ...cluster, lastPageAtMs: t0 + 359 * MINUTE_MS },
    360,
    "close",
    "open_too_long",
  ],
] as const)("a cluster in which %s", (_name, open, afterMinutes, kind, reason) => {
  expect(decideClusterClosing(open, t0 + afterMinutes * MINUTE_MS)).toEqual({ kind, reason });
});

const page = { dueAtMs: t0, causes: [host, domain], isTest: false };
test.each([
  ["without a cluster", page, [], { kind: "send", reason: "no_cluster" }],
  [
    "under a cluster of another cause",
    page,
    [{ cause: "host:x" as const, openedAtMs: t0 }],
    { kind: "send", reason: "no_cluster" },
  ],
  [
    "due when the cluster opens",
    page,
    [{ cause: host, openedAtMs: t0 }],
    { kind: "fold", reason: "shared_cause_struck_many", cause: host },
  ],
  [
    "due before the cluster opened",
    page,
    [{ cause: host, openedAtMs: t0 + 1 }],
    { kind: "send", reason: "was_due_before" },
  ],
  [
    "under two clusters: the more specific one",
    page,
    [
      { cause: domain, openedAtMs: t0 },
      { cause: host, openedAtMs: t0 },
    ],
    { kind: "fold", reason: "shared_cause_struck_many", cause: host },
  ],
  [
    "due before one and after another",
    page,
    [
      { cause: host, openedAtMs: t0 + 1 },
      { cause: domain, openedAtMs: t0 },
    ],
    { kind: "fold", reason: "shared_cause_struck_many", cause: domain },
  ],
  [
    "of a simulated outage",
    { ...page, isTest: true },
    [{ cause: host, openedAtMs: t0 }],
    { kind: "send", reason: "simulated" },
  ],
] as const)("a page %s", (_name, asked, clusters, expected) => {
  expect(decideSuppressedPage(asked, clusters)).toEqual(expected);
});

test("tenants and endpoints are counted once per cause, within the last five minutes only", () => {
  const made = (tenantId: string, endpointId: string, afterMs: number): CausedPage => ({
    tenantId,
    endpointId,
    atMs: t0 + afterMs,
    causes: [host],
  });
  const pages = [
    made("a", "1", 0),
    made("a", "2", 0),
    made("b", "3", 0),
    made("b", "3", 0),
    made("c", "4", -5 * MINUTE_MS),
    made("d", "5", 1),
  ];
  expect(countCauses(pages, t0)).toEqual([{ cause: host, tenants: 2, endpoints: 3 }]);
});

const causes = fc.subarray<SharedCause>([host, domain, "failure:timeout@eu-west"], { minLength: 1 });
const pages = fc.array(
  fc.record({
    tenantId: fc.nat({ max: 30 }).map(String),
    endpointId: fc.nat({ max: 60 }).map(String),
    atMs: fc.integer({ min: t0 - 6 * MINUTE_MS, max: t0 }),
    causes,
  }),
  { maxLength: 80 },
);

test("neither order nor repeats nor the names of tenants decide whether a cluster opens", () => {
  fc.assert(
    fc.property(pages, fc.integer({ min: 1, max: 200 }), (made, tenantsAll) => {
      const decide = (list: readonly CausedPage[]) =>
        countCauses(list, t0).map((count) => [count.cause, decideClusterOpening(count, tenantsAll)]);
      const renamed = made.map((one) => ({ ...one, tenantId: `x${30 - Number(one.tenantId)}` }));
      expect(decide([...made.toReversed(), ...made])).toEqual(decide(made));
      expect(decide(renamed)).toEqual(decide(made));
    }),
  );
});

test("two tenants with the same facts are treated alike, whichever is asked first", () => {
  fc.assert(
    fc.property(
      causes,
      fc.integer({ min: -5, max: 5 }),
      fc.array(
        fc.record({ cause: fc.constantFrom(host, domain), afterMs: fc.integer({ min: -5, max: 5 }) }),
        { maxLength: 4 },
      ),
      (shared, dueAfterMs, open) => {
        const clusters = open
          .filter((one, n) => open.findIndex(({ cause }) => cause === one.cause) === n)
          .map(({ cause, afterMs }) => ({ cause, openedAtMs: t0 + afterMs }));
        const asked = { dueAtMs: t0 + dueAfterMs, causes: shared, isTest: false };
        expect(decideSuppressedPage(asked, clusters.toReversed())).toEqual(
          decideSuppressedPage(asked, clusters),
        );
      },
    ),
  );
});

test("one cause opens one cluster: its wider ones stay closed, another host's opens beside it", () => {
  const struck = (from: number, count: number, shared: readonly SharedCause[]): readonly CausedPage[] =>
    Array.from({ length: count }, (_, n) => ({
      tenantId: `t${from + n}`,
      endpointId: `e${from + n}`,
      atMs: t0,
      causes: shared,
    }));
  const other: SharedCause = "host:other.example.net";
  const made = [...struck(0, 12, [host, domain]), ...struck(100, 10, [other]), ...struck(200, 4, [domain])];
  expect(decideClusters(made, [], 50, t0).map(({ cause, tenants }) => [cause, tenants])).toEqual([
    [host, 12],
    [other, 10],
  ]);
  expect(decideClusters(made, [host], 50, t0).map(({ cause }) => cause)).toEqual([other]);
  expect(decideClusters(made, [domain, other], 50, t0)).toEqual([]);
  expect(decideClusters(struck(0, 12, [domain]), [host], 50, t0).map(({ cause }) => cause)).toEqual([domain]);
});

test("clusters that open together are of different causes, each of them somebody's", () => {
  fc.assert(
    fc.property(pages, fc.integer({ min: 1, max: 60 }), (made, tenantsAll) => {
      const policy = { ...SUPPRESSION_POLICY, tenantsMin: 3 };
      const opening = decideClusters(made, [], tenantsAll, t0, policy).map(({ cause }) => cause);
      const counted = countCauses(made, t0, policy);
      expect(opening.every((cause) => counted.some((count) => count.cause === cause))).toBe(true);
      expect(new Set(opening).size).toBe(opening.length);
    }),
  );
});
