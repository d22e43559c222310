import type { EndpointPlan } from "@alivemcp/core/endpoint-plan";
import { probeJobSchema } from "@alivemcp/core/pipeline";
import { SHARDS } from "@alivemcp/core/shard";
import { describe, expect, test } from "vitest";
import { endpointPlan } from "../test/endpoint-plan.ts";
import { type Conditions, initialConditions } from "./conditions.ts";
import { type PlannedSlot, planWindow } from "./plan-window.ts";
import { createSnapshot } from "./snapshot.ts";

const t0 = Date.UTC(2026, 10, 3, 12, 0, 0);
const REGIONS = ["us-east", "eu-west", "sa-east"];

/** Everything that is due in `minutes` from t0. */
function plan(plans: readonly EndpointPlan[], change: Partial<Conditions> = {}, minutes = 1): PlannedSlot[] {
  const snapshot = createSnapshot();
  snapshot.replaceAll(plans, [], t0);
  const input = {
    snapshot,
    regions: REGIONS,
    conditions: { ...initialConditions(REGIONS), ...change },
    newTraceparent: () => "00-trace-span-01",
    ticketKey: "test-ticket-key-0123456789abcdef0123",
  };
  const windows = Array.from({ length: minutes * 12 }, (_, n) => t0 + n * 5_000);
  return windows.flatMap((windowAtMs) => SHARDS.flatMap((shard) => planWindow(input, { shard, windowAtMs })));
}
const regionsOf = (slots: readonly PlannedSlot[]) =>
  slots.map(({ jobs }) => jobs.map(({ data }) => data.region));

test("a minute plans each endpoint once, from each region, as jobs the workers can parse", () => {
  const slots = plan(Array.from({ length: 30 }, () => endpointPlan()));
  expect(slots).toHaveLength(30);
  for (const { jobs } of slots) {
    expect(jobs.map(({ data }) => data.region)).toEqual(REGIONS);
    for (const { data } of jobs) {
      expect(probeJobSchema.parse(data)).toEqual(data);
      expect(data.regionsAsked).toEqual(REGIONS);
    }
  }
});

test("the slots of a window come in the order of their instants", () => {
  const snapshot = createSnapshot();
  snapshot.replaceAll(
    Array.from({ length: 3_000 }, () => endpointPlan()),
    [],
    t0,
  );
  const input = {
    snapshot,
    regions: REGIONS,
    conditions: initialConditions(REGIONS),
    newTraceparent: () => "",
    ticketKey: "test-ticket-key-0123456789abcdef0123",
  };
  const instants = planWindow(input, { shard: "s03", windowAtMs: t0 }).map(({ slotAtMs }) => slotAtMs);
  expect(instants.length).toBeGreaterThan(5);
  expect(instants).toEqual(instants.toSorted((a, b) => a - b));
});

describe("regions", () => {
  test("an endpoint is probed from the regions its owner chose", () => {
    expect(regionsOf(plan([endpointPlan({ regions: ["eu-west", "us-east"] })]))).toEqual([
      ["us-east", "eu-west"],
    ]);
  });

  test("a region without workers is not asked", () => {
    const change = { regionsAtWork: ["us-east", "sa-east"] };
    expect(regionsOf(plan([endpointPlan()], change))).toEqual([["us-east", "sa-east"]]);
    expect(regionsOf(plan([endpointPlan({ regions: ["eu-west", "sa-east"] })], change))).toEqual([
      ["sa-east"],
    ]);
  });

  test("an endpoint none of whose regions works is not probed from elsewhere", () => {
    expect(plan([endpointPlan({ regions: ["eu-west"] })], { regionsAtWork: ["us-east"] })).toEqual([]);
    expect(plan([endpointPlan()], { regionsAtWork: [] })).toEqual([]);
  });

  test("an unclaimed endpoint is asked from one region, another one each minute", () => {
    const regions = regionsOf(plan([endpointPlan({ isUnclaimed: true })], {}, 3)).flat();
    expect(regions).toHaveLength(3);
    expect(new Set(regions).size).toBe(3);
  });
});

describe("under pressure", () => {
  const claimed = endpointPlan();
  const followed = endpointPlan({ isUnclaimed: true, isFollowed: true });
  const publicOnes = Array.from({ length: 40 }, () => endpointPlan({ isUnclaimed: true }));
  const count = (slots: readonly PlannedSlot[], of: EndpointPlan) =>
    slots.filter(({ jobs }) => jobs[0]?.data.endpointId === of.id).length;

  test("at 70 % of Redis only the public cadence stretches, and rows cover what it became", () => {
    const slots = plan([claimed, followed, ...publicOnes], { pressure: "stretch-public" }, 4);
    expect([count(slots, claimed), count(slots, followed)]).toEqual([4, 4]);
    expect(publicOnes.map((one) => count(slots, one))).toEqual(publicOnes.map(() => 1));
    const stretched = slots.find(({ jobs }) => jobs[0]?.data.endpointId === publicOnes[0]?.id);
    expect(stretched?.jobs[0]?.data.coversMinutes).toBe(4);
  });

  test("the stretched ones still spread over the minutes", () => {
    const slots = plan(publicOnes, { pressure: "stretch-public" }, 4);
    const minutes = new Set(slots.map(({ slotAtMs }) => Math.floor(slotAtMs / 60_000)));
    expect(minutes.size).toBe(4);
  });

  test("at 85 % only what tenants own or follow is probed", () => {
    const slots = plan([claimed, followed, ...publicOnes], { pressure: "tenants-only" });
    expect([count(slots, claimed), count(slots, followed), slots.length]).toEqual([1, 1, 2]);
  });

  test("a tenant whose probes keep killing workers is probed every five minutes, its neighbours as before", () => {
    const neighbour = endpointPlan({ tenantId: "00000000-0000-4000-8000-000000000003" });
    const slowedDown = new Set([`tenant:${claimed.tenantId}`]);
    const slots = plan([claimed, neighbour], { slowedDown }, 5);
    expect([count(slots, claimed), count(slots, neighbour)]).toEqual([1, 5]);
  });

  test("a slow-down never makes a slow endpoint faster", () => {
    const slow = endpointPlan({ cadenceS: 600 });
    const slots = plan([slow], { slowedDown: new Set([`tenant:${slow.tenantId}`]) }, 10);
    expect(count(slots, slow)).toBe(1);
  });
});

test("Retry-After keeps us away until it is over", () => {
  const asked = endpointPlan({ retryAfterUntilMs: t0 + 120_000 });
  expect(plan([asked], {}, 2)).toEqual([]);
  expect(plan([asked], {}, 4).map(({ slotAtMs }) => slotAtMs >= t0 + 120_000)).toEqual([true, true]);
});

describe("pace", () => {
  test("an endpoint alone on its host starts with its window", () => {
    const [slot] = plan([endpointPlan()]);
    expect(slot?.pace).toBeNull();
    expect((slot?.jobs[0]?.data.notBeforeMs ?? 1) % 5_000).toBe(0);
  });

  test("unclaimed endpoints that share a domain start in the second of their slot", () => {
    const shared = { isUnclaimed: true, registrableDomain: "shared.example" };
    const slots = plan([endpointPlan(shared), endpointPlan(shared)]);
    for (const { pace, slotAtMs, jobs } of slots) {
      expect(pace).toMatchObject({ unclaimedDomain: "shared.example" });
      expect(jobs[0]?.data.notBeforeMs).toBe(slotAtMs - (slotAtMs % 1_000));
    }
  });

  test("claimed endpoints are paced only on a host so crowded that 60 starts a second are possible", () => {
    const on = (host: string, count: number) => Array.from({ length: count }, () => endpointPlan({ host }));
    expect(plan(on("few.example", 6)).every(({ pace }) => pace === null)).toBe(true);
    const crowded = plan(on("many.example", 7));
    expect(crowded.map(({ pace }) => pace)).toEqual(
      Array(7).fill({ host: "many.example", unclaimedDomain: null }),
    );
  });
});
