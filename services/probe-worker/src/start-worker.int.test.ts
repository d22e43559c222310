import type { ChildProcess } from "node:child_process";
import { minuteOf, verdictStream } from "@alivemcp/core/pipeline";
import { shardOf } from "@alivemcp/core/shard";
import { systemClock } from "@alivemcp/runtime/clock";
import { findVerdictMinute } from "@alivemcp/runtime/verdict-store";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { openCuttableProxy } from "../test/cuttable-proxy.ts";
import { eventually } from "../test/eventually.ts";
import { forkCrashingWorker } from "../test/fork-crashing-worker.ts";
import { KNOWS_API, openTestWorker, type TestWorker } from "../test/open-test-worker.ts";
import { probeJob } from "../test/probe-job.ts";
import { writeReport } from "./write-report.ts";

let testRedis: TestRedis;
let workers: TestWorker[] = [];
let crashing: ChildProcess | undefined;
beforeAll(async () => {
  testRedis = await openTestRedis();
});
beforeEach(async () => {
  workers = [];
  await testRedis.redis.flushdb();
});
afterEach(async () => {
  crashing?.kill("SIGKILL");
  await Promise.all(workers.map((worker) => worker.stop()));
});
afterAll(() => testRedis.close());

/** A worker that reports through the real script. */
async function openReporting(redisUrl = testRedis.url) {
  const worker: TestWorker = await openTestWorker({
    redisUrl,
    report: (result, toolList) => writeReport(worker.deps, result, toolList),
  });
  workers.push(worker);
  return worker;
}
const stateOf = async (worker: TestWorker, jobId: string) =>
  (await worker.queueOf("us-east").getJob(jobId))?.getState();
const entriesOf = async (endpointId: string) => {
  const entries = await testRedis.redis.xrange(verdictStream(shardOf(endpointId)), "-", "+");
  return entries.map(([, fields]) => fields[fields.indexOf("k") + 1]);
};

test.each([
  { diesAt: "before-report", name: "before the report" },
  { diesAt: "after-report", name: "between report and acknowledgement" },
] as const)(
  "a worker killed $name: another one runs the job in time, and its minute is sealed once",
  async ({ diesAt }) => {
    crashing = await forkCrashingWorker(testRedis.url, diesAt);
    const second = await openTestWorker({ redisUrl: testRedis.url, regions: ["eu-west"] });
    workers.push(second);
    const job = probeJob("/up");
    const jobId = await second.add(job);
    await eventually(() => crashing?.exitCode ?? crashing?.signalCode);
    const heir = await openReporting();
    await eventually(
      () => stateOf(heir, jobId),
      (state) => state === "completed",
      25_000,
    );
    expect(systemClock.nowMs() - job.notBeforeMs).toBeLessThan(25_000);
    const minute = await findVerdictMinute(testRedis.redis, {
      endpointId: job.endpointId,
      minute: minuteOf(job.slotAtMs),
    });
    expect(Object.keys(minute?.votes ?? {})).toEqual(["us-east"]);
    expect((await entriesOf(job.endpointId)).filter((kind) => kind === "sealed")).toHaveLength(1);
  },
);

test("a job with a credential that a dead worker left behind fetches it under a number of its own", async () => {
  crashing = await forkCrashingWorker(testRedis.url, "before-report");
  const adding = await openTestWorker({ redisUrl: testRedis.url, regions: ["eu-west"] });
  workers.push(adding);
  await adding.add(probeJob("/dispatch", { credentialTicket: "ticket" }));
  await eventually(() => crashing?.exitCode ?? crashing?.signalCode);
  const heir = await openTestWorker({ redisUrl: testRedis.url, config: KNOWS_API });
  workers.push(heir);
  const [report] = await eventually(
    () => heir.reports,
    (reports) => reports.length > 0,
    25_000,
  );
  // The dead worker's delivery had 1 to 5.
  expect(report?.finding.detail).toBe("6");
});

test("Redis gone in the middle of a probe: nothing runs meanwhile, and after it the result is reported", async () => {
  const proxy = await openCuttableProxy(testRedis.url);
  try {
    const worker = await openReporting(proxy.url);
    const observer = await openTestWorker({ redisUrl: testRedis.url, regions: ["eu-west"] });
    workers.push(observer);
    const job = probeJob("/slow?ms=1000");
    const jobId = await observer.add(job);
    await eventually(
      () => stateOf(observer, jobId),
      (state) => state === "active",
    );
    proxy.cut();
    const waiting = await observer.add(probeJob("/up"));
    await eventually(() => worker.deps.redis.status !== "ready");
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await stateOf(observer, waiting)).toBe("waiting");
    proxy.join();
    await eventually(
      () => stateOf(observer, waiting),
      (state) => state === "completed",
      20_000,
    );
    await eventually(
      () =>
        findVerdictMinute(testRedis.redis, { endpointId: job.endpointId, minute: minuteOf(job.slotAtMs) }),
      (minute) => minute?.votes["us-east"]?.state === "up",
      20_000,
    );
    await eventually(
      () => stateOf(observer, jobId),
      (state) => state === "completed",
      25_000,
    );
  } finally {
    proxy.join();
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    proxy.close();
  }
});

test("readiness tells of children and queues, and is over as soon as a stop begins", async () => {
  const worker = await openReporting();
  const ready = () => fetch(`http://127.0.0.1:${worker.worker.opsPort}/readyz`);
  await eventually(async () => (await ready()).status === 200);
  const report = await (await ready()).json();
  expect(report).toMatchObject({
    checks: [
      { name: "redis" },
      { name: "children", facts: { children: 1 } },
      { name: "queues", facts: { "probe-us-east": { wait: 0 }, "check-us-east": {} } },
    ],
  });
  await worker.add(probeJob("/slow?ms=1000"));
  await eventually(() => worker.fleet.inFlight === 1);
  const stopping = worker.stop();
  workers = [];
  await eventually(async () => (await ready()).status === 503);
  await stopping;
});
