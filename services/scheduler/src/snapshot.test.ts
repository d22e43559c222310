import { SHARDS } from "@alivemcp/core/shard";
import { describe, expect, test } from "vitest";
import { endpointPlan } from "../test/endpoint-plan.ts";
import { createSnapshot, type Snapshot } from "./snapshot.ts";

const t0 = Date.UTC(2026, 10, 3, 12, 0, 0);
const DAY_MS = 86_400_000;

const scheduled = (snapshot: Snapshot) =>
  new Map(
    SHARDS.flatMap((shard) => [...snapshot.ofShard(shard)]).map((each) => [each.plan.id, each] as const),
  );
const filled = (...plans: ReturnType<typeof endpointPlan>[]) => {
  const snapshot = createSnapshot();
  snapshot.replaceAll(plans, [], t0);
  return snapshot;
};

test("every endpoint lies in its shard once, with its timing", () => {
  const plans = Array.from({ length: 50 }, () => endpointPlan());
  const all = scheduled(filled(...plans));
  expect([...all.keys()].sort()).toEqual(plans.map(({ id }) => id).sort());
  expect([...all.values()].every(({ timing }) => timing.cadenceMs === 60_000)).toBe(true);
});

test("changes put, replace and take away, and end where reading everything anew would", () => {
  const kept = endpointPlan({ isUnclaimed: true, registrableDomain: "shared.example" });
  const changed = endpointPlan({ isUnclaimed: true, registrableDomain: "shared.example" });
  const gone = endpointPlan({ isUnclaimed: true, registrableDomain: "shared.example" });
  const added = endpointPlan();
  const snapshot = filled(kept, changed, gone);
  const claimed = { ...changed, isUnclaimed: false, cadenceS: 30 };
  snapshot.applyChanges([claimed, added], [gone.id], t0);

  expect(scheduled(snapshot)).toEqual(scheduled(filled(kept, claimed, added)));
  expect(snapshot.countUnclaimed("shared.example")).toBe(1);
  expect(snapshot.plans.size).toBe(3);
});

test("a moved endpoint counts on its new host and no longer on the old one", () => {
  const before = endpointPlan({ host: "old.example" });
  const snapshot = filled(before, endpointPlan({ host: "old.example" }));
  snapshot.applyChanges([{ ...before, host: "new.example" }], [], t0);
  expect([snapshot.countOnHost("old.example"), snapshot.countOnHost("new.example")]).toEqual([1, 1]);
});

test("taking away what is not there changes nothing", () => {
  const snapshot = filled(endpointPlan());
  snapshot.applyChanges([], ["5bcd9d0e-0000-4d0f-9c70-000000000000"], t0);
  expect(snapshot.plans.size).toBe(1);
});

describe("unclaimed endpoints of one domain", () => {
  test("get new seconds when one joins or leaves, so that none coincide", () => {
    const one = () => endpointPlan({ isUnclaimed: true, registrableDomain: "shared.example" });
    const snapshot = filled(...Array.from({ length: 60 }, one));
    const seconds = () =>
      [...scheduled(snapshot).values()].map(({ timing }) => Math.floor(timing.phaseMs / 1_000));
    expect(new Set(seconds()).size).toBe(60);
    snapshot.applyChanges([one()], [], t0);
    expect(new Set(seconds()).size).toBe(61);
  });

  test("slow down when they have been dead for long, as time goes by", () => {
    const dead = endpointPlan({ isUnclaimed: true, deadSinceMs: t0 });
    const snapshot = createSnapshot();
    const cadenceAfter = (days: number) => {
      snapshot.replaceAll([dead], [], t0 + days * DAY_MS);
      return scheduled(snapshot).get(dead.id)?.timing.cadenceMs;
    };
    expect([cadenceAfter(1), cadenceAfter(8), cadenceAfter(31)]).toEqual([60_000, 900_000, 3_600_000]);
  });
});

test("an opted-out endpoint is known but not scheduled, and comes back when the request is withdrawn", () => {
  const plan = endpointPlan({ isUnclaimed: true, host: "please.example" });
  const snapshot = createSnapshot();
  snapshot.replaceAll([plan], [{ kind: "host", target: "please.example", isVerified: false }], t0);
  expect([snapshot.plans.size, scheduled(snapshot).size]).toEqual([1, 0]);
  snapshot.replaceAll([plan], [], t0);
  expect(scheduled(snapshot).size).toBe(1);
});

test("an opted-out neighbour takes no second of its domain", () => {
  const one = (host: string) =>
    endpointPlan({ isUnclaimed: true, registrableDomain: "shared.example", host });
  const snapshot = createSnapshot();
  snapshot.replaceAll(
    [one("a.shared.example"), one("b.shared.example")],
    [{ kind: "host", target: "b.shared.example", isVerified: false }],
    t0,
  );
  expect(snapshot.countUnclaimed("shared.example")).toBe(1);
});
