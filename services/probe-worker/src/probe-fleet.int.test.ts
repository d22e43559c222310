import { afterEach, expect, test } from "vitest";
import { openScriptedFleet, type ScriptedFleet } from "../test/open-scripted-fleet.ts";
import { probeJob } from "../test/probe-job.ts";
import type { FleetDeps, FleetOutcome } from "./probe-fleet.ts";
import { probeOrderOf } from "./region-result.ts";

let scripted: ScriptedFleet;
const open = (over: Partial<FleetDeps> = {}) => {
  scripted = openScriptedFleet(over);
  return scripted;
};
afterEach(() => scripted.fleet.stop());

function run(path: string, over: { endpointId?: string; capKey?: string; budgetMs?: number } = {}) {
  const job = probeJob(path, { budgetMs: 2_000, ...over });
  const { endpointId, capKey } = job;
  return scripted.fleet.run({
    endpointId,
    capKey,
    order: probeOrderOf(job),
    handover: null,
    onStep: undefined,
  });
}
const stateOf = (outcome: FleetOutcome) =>
  outcome.kind === "found" ? outcome.found.finding.state : outcome.kind === "not-measured" && outcome.detail;

test("a probe's finding comes back, with its tool list only when the hash is new", async () => {
  open();
  const outcome = await run("/up");
  expect(outcome).toMatchObject({
    kind: "found",
    found: { finding: { state: "up" }, isTimingDiscarded: false },
  });
  expect(outcome).toMatchObject({ found: { toolList: '[{"name":"echo"}]' } });
});

test("a busy loop kills its child; its neighbours finish elsewhere and only the culprit is blamed", async () => {
  const { kills, blamed } = open();
  await run("/up");
  const neighbours = Array.from({ length: 50 }, () => run("/slow?ms=1000"));
  const culprit = run("/busy", { capKey: "tenant:culprit" });
  expect((await Promise.all(neighbours)).map(stateOf)).toEqual(Array(50).fill("up"));
  expect(await culprit).toEqual({ kind: "not-measured", detail: "killed_worker" });
  expect(blamed.map((probe) => probe.capKey)).toEqual(["tenant:culprit"]);
  expect(kills).toEqual(["stalled", "stalled"]);
});

test("an innocent suspect is measured in quarantine and not blamed", async () => {
  const { blamed } = open();
  await run("/up");
  const suspects = [run("/slow?ms=1000"), run("/slow?ms=1000"), run("/busy")];
  const outcomes = await Promise.all(suspects);
  expect(outcomes.map(stateOf)).toEqual(["up", "up", "killed_worker"]);
  expect(blamed).toHaveLength(1);
});

test("a proven endpoint stays in quarantine: it brings down nobody else's child again", async () => {
  const { kills } = open();
  const endpointId = probeJob("/busy").endpointId;
  await run("/busy", { endpointId });
  const killsBefore = kills.length;
  const [again, neighbour] = await Promise.all([run("/busy", { endpointId }), run("/slow?ms=2000")]);
  expect(stateOf(again)).toBe("killed_worker");
  expect(stateOf(neighbour)).toBe("up");
  expect(kills.length - killsBefore).toBe(1);
});

test("a probe that outlives its budget is aborted, and its child lives on", async () => {
  const { kills } = open();
  const outcome = await run("/overdue", { budgetMs: 1_000 });
  expect(outcome).toMatchObject({ kind: "found", found: { finding: { detail: "probe_aborted" } } });
  expect(kills).toEqual([]);
});

test("a probe that ignores its abort is killed and blamed; the others in its child are run again at once", async () => {
  const { kills, blamed } = open();
  await run("/up");
  const startedMs = performance.now();
  const [deaf, neighbour] = await Promise.all([
    run("/deaf", { budgetMs: 1_000, capKey: "tenant:deaf" }),
    run("/slow?ms=4500", { budgetMs: 10_000 }),
  ]);
  expect(stateOf(deaf)).toBe("killed_worker");
  expect(stateOf(neighbour)).toBe("up");
  expect(performance.now() - startedMs).toBeLessThan(20_000);
  expect(kills).toEqual(["ignored-abort", "ignored-abort"]);
  expect(blamed.map((probe) => probe.capKey)).toEqual(["tenant:deaf"]);
});

test("a probe that ends its process is proven in quarantine too", async () => {
  const { kills, blamed } = open();
  const neighbour = run("/slow?ms=500");
  expect(stateOf(await run("/crash"))).toBe("killed_worker");
  expect(stateOf(await neighbour)).toBe("up");
  expect(kills).toEqual(["crashed", "crashed"]);
  expect(blamed).toHaveLength(1);
});

test("a child that cannot start loses no probe: they are given back when the process stops", async () => {
  const script = new URL("../test/no-such-child.ts", import.meta.url);
  const { fleet } = open({
    childSpec: { script, setup: { allowCidrs: [], publicUrl: "", internalUrl: null }, heapMb: 64, env: {} },
  });
  const waiting = run("/up");
  expect(fleet.isReady).toBe(false);
  fleet.giveBack();
  expect(await waiting).toEqual({ kind: "given-back" });
});

test("a second child is forked when the first is nearly full, and no further than the bound", async () => {
  const { fleet } = open({ lanesPolicy: { childrenMax: 2, probesPerChild: 10 } });
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => run("/slow?ms=500")));
  expect(outcomes.map(stateOf)).toEqual(Array(40).fill("up"));
  expect(fleet.lanes).toHaveLength(2);
});

test("a latency taken while the event loop was late is dropped and marked", async () => {
  open();
  const late = await run("/late?ms=60");
  expect(late).toMatchObject({
    found: { isTimingDiscarded: true, finding: { state: "up", latencyMs: null } },
  });
  const fine = await run("/slow?ms=30");
  expect(fine).toMatchObject({ found: { isTimingDiscarded: false, finding: { latencyMs: 12 } } });
});

test("a self-check is answered by a child", async () => {
  const { fleet } = open();
  expect(await fleet.selfCheck(["http://bad.test", "http://good.test"])).toBe(true);
  expect(await fleet.selfCheck(["http://bad.test"])).toBe(false);
});
