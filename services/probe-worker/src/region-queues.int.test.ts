import { randomUUID } from "node:crypto";
import { refusedKey } from "@alivemcp/core/pipeline";
import { readRegionHeartbeat } from "@alivemcp/core/region-heartbeat";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { eventually } from "../test/eventually.ts";
import { openTestWorker, type TestWorker, type TestWorkerOptions } from "../test/open-test-worker.ts";
import { probeJob } from "../test/probe-job.ts";

let testRedis: TestRedis;
let workers: TestWorker[] = [];
const open = async (over: Partial<TestWorkerOptions> = {}) => {
  const worker = await openTestWorker({ redisUrl: testRedis.url, ...over });
  workers.push(worker);
  return worker;
};
beforeAll(async () => {
  testRedis = await openTestRedis();
});
beforeEach(async () => {
  workers = [];
  await testRedis.redis.flushdb();
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
});
afterAll(() => testRedis.close());

const jobOf = (worker: TestWorker, jobId: string, isCheck = false) =>
  worker.queueOf("us-east", isCheck).getJob(jobId);
const stateOf = async (worker: TestWorker, jobId: string, isCheck = false) =>
  (await jobOf(worker, jobId, isCheck))?.getState();
const metric = async (worker: TestWorker, name: string) =>
  (await worker.deps.registry.getSingleMetric(name)?.get())?.values ?? [];

test("a slot job is probed and reported once, then completed", async () => {
  const worker = await open();
  const job = probeJob("/up");
  const jobId = await worker.add(job);
  await eventually(
    () => stateOf(worker, jobId),
    (state) => state === "completed",
  );
  expect(worker.reports).toHaveLength(1);
  expect(worker.reports[0]).toMatchObject({
    jobId,
    traceparent: job.traceparent,
    job: { kind: "slot", endpointId: job.endpointId, region: "us-east", minute: job.minute },
    finding: { state: "up" },
  });
});

test("the same job added twice is reported once", async () => {
  const worker = await open();
  const job = probeJob("/up");
  const jobId = await worker.add(job);
  await eventually(
    () => stateOf(worker, jobId),
    (state) => state === "completed",
  );
  await worker.add(job, jobId);
  const later = await worker.add(probeJob("/up"));
  await eventually(
    () => stateOf(worker, later),
    (state) => state === "completed",
  );
  expect(worker.reports.map((report) => report.jobId)).toEqual([jobId, later]);
});

test("a look added ahead runs at its not-before, not earlier and hardly later", async () => {
  const worker = await open();
  const notBeforeMs = Date.now() + 1_500;
  await worker.add(probeJob("/up", { kind: "look", look: { confirmation: 1, n: 2 }, notBeforeMs }));
  const [report] = await eventually(
    () => worker.reports,
    (reports) => reports.length > 0,
  );
  const latenessMs = (report?.finding.startedAtMs ?? 0) - notBeforeMs;
  expect(latenessMs).toBeGreaterThanOrEqual(0);
  expect(latenessMs).toBeLessThan(1_500);
});

test("a job picked up more than 30 s late is dropped and counted, not run", async () => {
  const worker = await open();
  const jobId = await worker.add(probeJob("/up", { notBeforeMs: Date.now() - 31_000 }));
  await eventually(
    () => stateOf(worker, jobId),
    (state) => state === "completed",
  );
  expect(worker.reports).toEqual([]);
  expect(await metric(worker, "alivemcp_probe_jobs_dropped_late_total")).toMatchObject([{ value: 1 }]);
});

test.each([
  { name: "an unknown version", data: { ...probeJob("/up"), v: 2 } },
  { name: "another region", data: probeJob("/up", { region: "eu-west" }) },
  { name: "no job at all", data: "nonsense" },
])("a job of $name is refused, counted and kept aside", async ({ data }) => {
  const worker = await open();
  const jobId = randomUUID();
  await worker.queueOf("us-east").add("slot", data, { jobId });
  await eventually(
    () => stateOf(worker, jobId),
    (state) => state === "failed",
  );
  const [line = "null"] = await worker.redis.lrange(refusedKey("probe-us-east"), 0, -1);
  expect(JSON.parse(line)).toMatchObject({ jobId, data });
  expect(await metric(worker, "alivemcp_probe_jobs_refused_total")).toMatchObject([{ value: 1 }]);
  expect(worker.reports).toEqual([]);
});

test("a check is never reported: its steps are progress and its result is kept for whoever asked", async () => {
  const worker = await open();
  const jobId = await worker.add(probeJob("/slow?ms=300", { kind: "check" }));
  const early = await eventually(
    async () => (await jobOf(worker, jobId, true))?.progress,
    (progress) => typeof progress === "object" && progress !== null && "steps" in progress,
  );
  expect(early).toMatchObject({ steps: [{ step: "dns" }] });
  await eventually(
    () => stateOf(worker, jobId, true),
    (state) => state === "completed",
  );
  const job = await jobOf(worker, jobId, true);
  expect(job?.returnvalue).toMatchObject({ jobId, job: { kind: "check" }, finding: { state: "up" } });
  expect(job?.progress).toMatchObject({ steps: [{ step: "dns" }, { step: "handshake" }] });
  expect(worker.reports).toEqual([]);
});

test("a finding that is not of the contract is reported as our own fault", async () => {
  const worker = await open();
  await worker.add(probeJob("/malformed"));
  const [report] = await eventually(
    () => worker.reports,
    (reports) => reports.length > 0,
  );
  expect(report?.finding).toMatchObject({
    state: "unknown",
    reason: "probe_error",
    detail: "finding_malformed",
  });
});

test("a worker that does not know the api never probes a job with a credential ticket, and says why", async () => {
  const worker = await open();
  await worker.add(probeJob("/up", { credentialTicket: "ticket" }));
  const [report] = await eventually(
    () => worker.reports,
    (reports) => reports.length > 0,
  );
  expect(report?.finding).toMatchObject({ state: "unknown", detail: "credential_not_configured" });
  expect(await metric(worker, "alivemcp_probe_handover_faults_total")).toMatchObject([
    { labels: { region: "us-east", detail: "credential_not_configured" } },
  ]);
});

test("over its cap a tenant's own jobs wait while another tenant's start", async () => {
  const worker = await open({ startPolicy: { capacity: 1_000, perCapKeyAndRegionMax: 3, lineMax: 250 } });
  const capKey = "tenant:pushy";
  await Promise.all(Array.from({ length: 8 }, () => worker.add(probeJob("/slow?ms=1500", { capKey }))));
  await eventually(
    () => worker.deps.inFlight.loadFor({ capKey, region: "us-east" }).ofCapKey,
    (n) => n === 3,
  );
  const other = probeJob("/up");
  await worker.add(other);
  await eventually(
    () => worker.reports,
    (reports) => reports.some((r) => r.job.endpointId === other.endpointId),
  );
  expect(worker.deps.inFlight.loadFor({ capKey, region: "us-east" }).ofCapKey).toBeLessThanOrEqual(3);
  await eventually(
    () => worker.reports,
    (reports) => reports.length === 9,
  );
  expect(await metric(worker, "alivemcp_probe_jobs_postponed_total")).toMatchObject([
    { labels: { reason: "cap" } },
  ]);
});

test("the 251st probe of one tenant in one region waits, and runs when a place is free", async () => {
  const worker = await open();
  const capKey = "tenant:large";
  const job = () => probeJob("/slow?ms=2500", { capKey });
  await worker
    .queueOf("us-east")
    .addBulk(
      Array.from({ length: 260 }, () => ({ name: "slot", data: job(), opts: { jobId: randomUUID() } })),
    );
  let most = 0;
  await eventually(() => {
    most = Math.max(most, worker.deps.inFlight.loadFor({ capKey, region: "us-east" }).ofCapKeyInRegion);
    return worker.reports.length === 260;
  });
  expect(most).toBe(250);
});

test("a failed self-check turns findings into our own fault and says so in the region's heartbeat", async () => {
  const worker = await open({ canaryUrl: "http://bad.test" });
  const beat = await eventually(async () =>
    readRegionHeartbeat(await worker.redis.get("region:us-east"), Date.now()),
  );
  expect(beat).toMatchObject({ isSelfCheckOk: false, workers: 1 });
  await worker.add(probeJob("/hang", { budgetMs: 1_000 }));
  const [report] = await eventually(
    () => worker.reports,
    (reports) => reports.length > 0,
  );
  expect(report?.finding).toMatchObject({
    state: "unknown",
    reason: "probe_error",
    detail: "self_check_failed",
  });
});

test("a passed self-check is a heartbeat that lives 90 s", async () => {
  const worker = await open();
  await eventually(() => worker.redis.exists("region:us-east"));
  expect(readRegionHeartbeat(await worker.redis.get("region:us-east"), Date.now())).toMatchObject({
    isSelfCheckOk: true,
  });
  expect(await worker.redis.pttl("region:us-east")).toBeGreaterThan(80_000);
});

test("an orderly stop takes no new job and lets those running end", async () => {
  const worker = await open();
  const running = await worker.add(probeJob("/slow?ms=1500"));
  await eventually(
    () => stateOf(worker, running),
    (state) => state === "active",
  );
  const stopping = worker.worker.stop();
  workers = [];
  const late = await worker.add(probeJob("/up"));
  await stopping;
  expect(await stateOf(worker, running)).toBe("completed");
  expect(await stateOf(worker, late)).toBe("waiting");
  expect(worker.reports).toHaveLength(1);
  await worker.redis.quit();
});

test("what is still running when the grace ends lies in its queue again, and another worker runs it", async () => {
  const first = await open({ graceMs: 1_000 });
  const jobId = await first.add(probeJob("/slow?ms=8000"));
  await eventually(
    () => stateOf(first, jobId),
    (state) => state === "active",
  );
  const startedMs = performance.now();
  await first.worker.stop();
  workers = [];
  expect(performance.now() - startedMs).toBeLessThan(3_000);
  expect(await stateOf(first, jobId)).toBe("waiting");
  expect(first.reports).toEqual([]);
  const second = await open();
  await eventually(
    () => stateOf(second, jobId),
    (state) => state === "completed",
  );
  expect(second.reports.map((report) => report.jobId)).toEqual([jobId]);
  await first.redis.quit();
});
