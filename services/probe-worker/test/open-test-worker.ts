import { randomUUID } from "node:crypto";
import { checkQueueName, type ProbeJob, probeQueueName, type RegionResult } from "@alivemcp/core/pipeline";
import { systemClock } from "@alivemcp/runtime/clock";
import { openLogger } from "@alivemcp/runtime/logger";
import { openQueue, openQueueConnection, type Queue } from "@alivemcp/runtime/queues";
import { openRedis, type Redis } from "@alivemcp/runtime/redis";
import { Registry } from "prom-client";
import type { Deps } from "../src/deps.ts";
import { createInFlightCounts } from "../src/in-flight-counts.ts";
import { createSelfChecks } from "../src/self-checks.ts";
import { setAside } from "../src/set-aside.ts";
import { type RunningWorker, startWorker } from "../src/start-worker.ts";
import { createWorkerMetrics } from "../src/worker-metrics.ts";
import { eventually } from "./eventually.ts";
import { openScriptedFleet, type ScriptedFleet } from "./open-scripted-fleet.ts";

export interface TestWorker extends ScriptedFleet {
  readonly deps: Deps;
  readonly redis: Redis;
  readonly worker: RunningWorker;
  /** Region results in the order they were reported. */
  readonly reports: RegionResult[];
  /** Adds a job to its region's queue, as the scheduler would. */
  add(job: ProbeJob, jobId?: string): Promise<string>;
  queueOf(region: string, isCheck?: boolean): Queue<unknown, unknown>;
  stop(): Promise<void>;
}

export interface TestWorkerOptions {
  readonly redisUrl: string;
  readonly regions?: readonly string[];
  readonly graceMs?: number;
  readonly startPolicy?: Deps["startPolicy"];
  readonly canaryUrl?: string;
  readonly provingMs?: number;
  readonly report?: Deps["report"];
  readonly fleet?: Parameters<typeof openScriptedFleet>[0];
  readonly config?: Partial<Deps["config"]>;
}

/** Configuration of a worker that may give credentials to its children; scripted ones never ask there. */
export const KNOWS_API = {
  INTERNAL_URL: "http://127.0.0.1:9",
  REGION_TOKENS: new Map([["us-east", "token-of-us-east"]]),
};

/** A whole worker on a real Redis with scripted children. Each has its own connections: `stop` leaves nothing open. */
export async function openTestWorker(options: TestWorkerOptions): Promise<TestWorker> {
  const regions = options.regions ?? ["us-east"];
  const log = openLogger("test", "fatal");
  const clock = systemClock;
  const registry = new Registry();
  const metrics = createWorkerMetrics(registry);
  const onError = () => {};
  const redis = openRedis(options.redisUrl, { name: "test", onError });
  const queueConnection = openQueueConnection(options.redisUrl, { name: "test-queues", onError });
  const scripted = openScriptedFleet(options.fleet);
  const reports: RegionResult[] = [];
  const shared = { redis, clock, log, metrics };
  const specs = regions.map((id) => ({
    id,
    city: id,
    canaryUrls: [options.canaryUrl ?? "http://good.test"],
  }));
  const deps: Deps = {
    ...shared,
    config: {
      LOG_LEVEL: "fatal",
      REDIS_URL: options.redisUrl,
      METRICS_HOST: "127.0.0.1",
      METRICS_PORT: 0,
      SHUTDOWN_GRACE_MS: options.graceMs ?? 20_000,
      PROBE_REGIONS: [...regions],
      REGIONS_FILE: "",
      PROBE_ALLOW_CIDRS: [],
      PUBLIC_URL: "http://status.test",
      PROBE_CHILDREN_MAX: 1,
      PROBES_PER_CHILD: 1_000,
      PROBES_PER_TENANT_MAX: 250,
      PROBE_CHILD_HEAP_MB: 128,
      PROBE_CREDENTIAL_CHILDREN_MAX: 1,
      REGION_TOKENS: new Map(),
      ...options.config,
    },
    registry,
    queueConnection,
    fleet: scripted.fleet,
    inFlight: createInFlightCounts(),
    startPolicy: options.startPolicy ?? { capacity: 1_000, perCapKeyAndRegionMax: 250, lineMax: 250 },
    selfChecks: createSelfChecks(
      { ...shared, fleet: scripted.fleet, workerId: randomUUID(), version: "0.0.0" },
      { regions: specs, provingMs: options.provingMs ?? 0 },
    ),
    report:
      options.report ??
      (async (result) => {
        reports.push(result);
      }),
    setAside: (refused) => setAside(shared, refused),
    close: async () => {
      scripted.fleet.stop();
      await Promise.all([redis.quit(), queueConnection.quit()]);
    },
  };
  const adding = openQueueConnection(options.redisUrl, { name: "test-adding", onError });
  const queues = new Map<string, Queue<unknown, unknown>>();
  const queueOf = (region: string, isCheck = false) => {
    const address = isCheck ? checkQueueName(region) : probeQueueName(region);
    const queue = queues.get(address.name) ?? openQueue<unknown, unknown>(adding, address);
    queues.set(address.name, queue);
    return queue;
  };
  const worker = await startWorker(deps);
  await eventually(() => regions.every((region) => deps.selfChecks.sightOf(region) !== "unproven"));
  return {
    ...scripted,
    deps,
    redis: adding,
    worker,
    reports,
    queueOf,
    async add(job, jobId = randomUUID()) {
      await queueOf(job.region, job.kind === "check").add(job.kind, job, { jobId });
      return jobId;
    },
    async stop() {
      await worker.stop();
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      await adding.quit();
    },
  };
}
