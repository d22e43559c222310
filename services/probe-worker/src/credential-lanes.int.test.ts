import { systemClock } from "@alivemcp/runtime/clock";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../test/eventually.ts";
import { openScriptedFleet, type ScriptedFleet } from "../test/open-scripted-fleet.ts";
import { probeJob } from "../test/probe-job.ts";
import type { FleetDeps, FleetOutcome } from "./probe-fleet.ts";
import { probeOrderOf } from "./region-result.ts";

let scripted: ScriptedFleet;
const policy = { childrenMax: 1, probesPerChild: 1_000, idleMs: 60_000 };
const open = (over: Partial<FleetDeps> = {}) => {
  scripted = openScriptedFleet(over);
  return scripted;
};
afterEach(() => scripted.fleet.stop());

interface Run {
  readonly tenant: string;
  readonly path?: string;
  readonly ms?: number;
  readonly lateAtMs?: number;
  readonly endpointId?: string;
}
/** A probe with a credential, in scripted children: they say where they ran and in whose company. */
function run({
  tenant,
  ms = 100,
  path = `/of?tenant=${tenant}&ms=${ms}`,
  ...over
}: Run): Promise<FleetOutcome> {
  const job = probeJob(path, { budgetMs: 2_000, capKey: `tenant:${tenant}` });
  const { endpointId, capKey } = { ...job, ...over };
  const handover = {
    ticket: "ticket",
    region: "us-east",
    regionToken: "token",
    jobId: "job",
    endpointId,
    firstDispatch: 1,
    lateAtMs: over.lateAtMs ?? systemClock.nowMs() + 30_000,
  };
  return scripted.fleet.run({ endpointId, capKey, order: probeOrderOf(job), handover, onStep: undefined });
}
const many = (count: number, tenant: string, ms = 100) =>
  Array.from({ length: count }, () => run({ tenant, ms }));
function whereOf(outcome: FleetOutcome): string {
  if (outcome.kind !== "found") {
    return outcome.kind === "not-measured" ? outcome.detail : outcome.kind;
  }
  const { server, detail } = outcome.found.finding;
  return `${detail} in ${server?.name}`;
}
const pidsOf = (outcomes: readonly FleetOutcome[]) => new Set(outcomes.map(whereOf));

test("no child is forked before somebody needs one", async () => {
  const { fleet } = open();
  expect(fleet.lanes).toHaveLength(1);
  await run({ tenant: "a" });
  expect(fleet.lanes).toHaveLength(2);
});

test("one tenant's probes run together in one child, and none of them where probes without credentials run", async () => {
  const { fleet } = open();
  const startedMs = performance.now();
  const outcomes = await Promise.all(many(20, "a", 500));
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  expect(pidsOf(outcomes).size).toBe(1);
  const [general, credential] = fleet.lanes;
  expect([...pidsOf(outcomes)]).toEqual([`alone in ${credential?.pid}`]);
  expect(general?.pid).not.toBe(credential?.pid);
});

test("tenants whose jobs come interleaved are never in one child together, and all are served in turn by it", async () => {
  open({ credentialLanesPolicy: policy });
  const order: string[] = [];
  const outcomes = await Promise.all(
    Array.from({ length: 12 }, async (_, n) => {
      const tenant = ["a", "b", "c"][n % 3] ?? "a";
      const outcome = await run({ tenant, ms: 50 + 10 * n });
      order.push(tenant);
      return outcome;
    }),
  );
  expect(pidsOf(outcomes).size).toBe(1);
  expect([...pidsOf(outcomes)][0]).toMatch(/^alone in/);
  // The first job starts at once; by the time the others come, two tenants wait.
  expect(order.join("")).toBe("abbbbccccaaa");
});

test("a tenant that never stops adding jobs makes nobody wait longer than its running probes take", async () => {
  open({ credentialLanesPolicy: policy });
  let isOver = false;
  const push = async () => {
    while (!isOver) {
      await run({ tenant: "pushy", ms: 50 });
    }
  };
  const pushing = [push(), push(), push()];
  await eventually(() => scripted.fleet.lanes[1]?.inFlight === 3);
  const startedMs = performance.now();
  expect(whereOf(await run({ tenant: "patient", ms: 10 }))).toMatch(/^alone/);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
  isOver = true;
  await Promise.all(pushing);
});

test("as many tenants as there may be children run at the same time, in children of their own", async () => {
  open({ credentialLanesPolicy: { ...policy, childrenMax: 3 } });
  const outcomes = await Promise.all(["a", "b", "c", "d"].flatMap((tenant) => many(2, tenant, 300)));
  expect(scripted.fleet.lanes).toHaveLength(4);
  expect(pidsOf(outcomes).size).toBe(3);
  expect([...pidsOf(outcomes)].filter((where) => where.startsWith("mixed"))).toEqual([]);
});

test("a probe whose turn does not come in time is given up, and one behind it is not", async () => {
  open({ credentialLanesPolicy: policy });
  const running = run({ tenant: "a", ms: 1_500 });
  const late = run({ tenant: "b", lateAtMs: systemClock.nowMs() + 300 });
  const patient = run({ tenant: "b" });
  expect(scripted.fleet.lineFor("tenant:b")).toEqual({ total: 2, ofTenant: 2 });
  expect(await late).toEqual({ kind: "late" });
  expect(scripted.fleet.lineFor("tenant:c")).toEqual({ total: 1, ofTenant: 0 });
  expect(
    (await Promise.all([running, patient])).map(whereOf).every((where) => where.startsWith("alone")),
  ).toBe(true);
});

test("a probe that brings its child down is proven in a quarantine of its own kind; its tenant's others go on", async () => {
  const { kills, blamed, fleet } = open();
  await run({ tenant: "a" });
  const general = fleet.lanes[0]?.pid;
  const neighbours = many(5, "a", 500);
  const culprit = run({ tenant: "a", path: "/crash" });
  expect((await Promise.all(neighbours)).map(whereOf).every((where) => where.startsWith("alone"))).toBe(true);
  expect(whereOf(await culprit)).toBe("killed_worker");
  expect(kills).toEqual(["crashed", "crashed"]);
  expect(blamed.map(({ capKey }) => capKey)).toEqual(["tenant:a"]);
  expect(fleet.lanes[0]?.pid).toBe(general);
});

test("suspects of two tenants are tried in different quarantine children", async () => {
  open({ credentialLanesPolicy: { ...policy, childrenMax: 2 } });
  // Held in quarantine for what they did before: they run there from now on.
  const [a, b] = ["a", "b"].map((tenant) => ({ tenant, endpointId: probeJob("/").endpointId }));
  if (a === undefined || b === undefined) {
    throw new Error("two tenants");
  }
  await Promise.all([run({ ...a, path: "/crash" }), run({ ...b, path: "/crash" })]);
  const outcomes = await Promise.all([run(a), run(b), run(a), run(b)]);
  const wheres = outcomes.map(whereOf);
  expect(wheres.filter((where) => !where.startsWith("alone"))).toEqual([]);
  expect(new Set(wheres).size).toBe(4);
});

test("every run of one delivery has a dispatch number of its own", async () => {
  const script = new URL("../test/numbering-child.ts", import.meta.url);
  const spec = { script, setup: { allowCidrs: [], publicUrl: "", internalUrl: null }, heapMb: 64, env: {} };
  open({ credentialChildSpec: spec });
  // Brings every child down until the third run, without having been at work on it.
  const outcome = await run({ tenant: "a", path: "/until?dispatch=3" });
  expect(outcome).toMatchObject({ kind: "found", found: { finding: { detail: "3" } } });
});

test("an idle child is let go, and the next job gets a new one", async () => {
  const { fleet } = open({ credentialLanesPolicy: { ...policy, idleMs: 200 } });
  const first = whereOf(await run({ tenant: "a" }));
  await eventually(() => fleet.lanes.length === 1);
  expect(whereOf(await run({ tenant: "a" }))).not.toBe(first);
});

test("children that cannot start are forked again after a pause, and their probes wait, not fail", async () => {
  const script = new URL("../test/no-such-child.ts", import.meta.url);
  const spec = { script, setup: { allowCidrs: [], publicUrl: "", internalUrl: null }, heapMb: 64, env: {} };
  const { fleet, kills } = open({ credentialChildSpec: spec });
  const waiting = run({ tenant: "a", lateAtMs: systemClock.nowMs() + 1_500 });
  expect(await waiting).toEqual({ kind: "late" });
  expect(kills).toHaveLength(1);
  expect(fleet.isReady).toBe(true);
});

test("what waits in the line is given back when the process stops", async () => {
  const { fleet } = open({ credentialLanesPolicy: policy });
  const outcomes = Promise.all([run({ tenant: "a", ms: 5_000 }), run({ tenant: "b" })]);
  fleet.giveBack();
  expect(await outcomes).toEqual([{ kind: "given-back" }, { kind: "given-back" }]);
});
