import { randomUUID } from "node:crypto";
import { getCompileCacheDir } from "node:module";
import type { RegionResult } from "@alivemcp/core/pipeline";
import { type Clock, systemClock } from "@alivemcp/runtime/clock";
import { createClosers } from "@alivemcp/runtime/lifecycle";
import { type Logger, openLogger } from "@alivemcp/runtime/logger";
import { createMetrics } from "@alivemcp/runtime/metrics";
import { openQueueConnection } from "@alivemcp/runtime/queues";
import { openRedis, type Redis } from "@alivemcp/runtime/redis";
import { loadRegions } from "@alivemcp/runtime/regions";
import type { Registry } from "prom-client";
import packageJson from "../package.json" with { type: "json" };
import type { Config } from "./config.ts";
import type { StartPolicy } from "./decide-start.ts";
import { createInFlightCounts, type InFlightCounts } from "./in-flight-counts.ts";
import { CHILD_POLICY } from "./pick-suspects.ts";
import { openProbeFleet, type ProbeFleet } from "./probe-fleet.ts";
import { recordKill } from "./record-kill.ts";
import { createSelfChecks, type SelfChecks } from "./self-checks.ts";
import { setAside } from "./set-aside.ts";
import { createWorkerMetrics, type WorkerMetrics } from "./worker-metrics.ts";
import { writeReport } from "./write-report.ts";

/** Time a fresh process has to reach a canary: below the 30 s after which a waiting job is dropped. */
const PROVING_MS = 20_000;

/** Longer than any cadence of a private endpoint that somebody looks at, so that its child is there when it is due again. */
const CREDENTIAL_CHILD_IDLE_MS = 5 * 60_000;
/** Of all places, how many may be held by probes that wait for their tenant's turn. */
const LINE_SHARE = 0.25;

/** Everything this process can touch. It holds no database handle, and may not gain one. */
export interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly metrics: WorkerMetrics;
  /** For reports, heartbeats and counters: a command fails when Redis is away. */
  readonly redis: Redis;
  /** For the queues: a command waits until Redis is back. */
  readonly queueConnection: Redis;
  readonly fleet: ProbeFleet;
  readonly inFlight: InFlightCounts;
  readonly startPolicy: StartPolicy;
  readonly selfChecks: SelfChecks;
  report(result: RegionResult, toolList: string | null): Promise<void>;
  setAside(refused: Parameters<typeof setAside>[1]): Promise<void>;
  close(): Promise<void>;
}

/** Opens all of it; rejects when Redis does not answer or the configuration names a region the manifest does not have. */
export async function createDeps(config: Config): Promise<Deps> {
  const closers = createClosers();
  const clock = systemClock;
  const log = openLogger("probe-worker", config.LOG_LEVEL);
  const registry = createMetrics("probe-worker");
  const metrics = createWorkerMetrics(registry);
  const manifest = loadRegions(config.REGIONS_FILE);
  const regions = manifest.filter(({ id }) => config.PROBE_REGIONS.includes(id));
  const unknown = config.PROBE_REGIONS.filter((id) => !regions.some((region) => region.id === id));
  if (unknown.length > 0) {
    throw new Error(`PROBE_REGIONS names regions that the manifest does not have: ${unknown.join(", ")}`);
  }
  const onError = (err: Error) => log.warn({ err }, "redis connection");
  const redis = openRedis(config.REDIS_URL, { name: "probe-worker", onError });
  closers.add("redis", () => redis.quit());
  const queueConnection = openQueueConnection(config.REDIS_URL, { name: "probe-worker-queues", onError });
  closers.add("queue connection", () => queueConnection.quit());
  await redis.ping();

  const shared = { redis, clock, log, metrics };
  const setup = { allowCidrs: config.PROBE_ALLOW_CIDRS, publicUrl: config.PUBLIC_URL };
  const limits = { heapMb: config.PROBE_CHILD_HEAP_MB, env: childEnv(config) };
  const fleet = openProbeFleet({
    clock,
    log,
    childSpec: {
      script: new URL("./child.ts", import.meta.url),
      setup: { ...setup, internalUrl: null },
      ...limits,
    },
    credentialChildSpec: {
      script: new URL("./credential-child.ts", import.meta.url),
      setup: { ...setup, internalUrl: config.INTERNAL_URL ?? null },
      ...limits,
    },
    childPolicy: CHILD_POLICY,
    lanesPolicy: { childrenMax: config.PROBE_CHILDREN_MAX, probesPerChild: config.PROBES_PER_CHILD },
    credentialLanesPolicy: {
      childrenMax: config.PROBE_CREDENTIAL_CHILDREN_MAX,
      probesPerChild: config.PROBES_PER_CHILD,
      idleMs: CREDENTIAL_CHILD_IDLE_MS,
    },
    countKill: (cause) => metrics.kills.inc({ cause }),
    blame: (probe) => {
      recordKill(shared, probe).catch((err: unknown) => log.error({ err }, "a proven kill was not counted"));
    },
  });
  closers.add("children", () => fleet.stop());
  const capacity = config.PROBE_CHILDREN_MAX * config.PROBES_PER_CHILD;
  const workerId = randomUUID();
  return {
    config,
    log,
    clock,
    registry,
    metrics,
    redis,
    queueConnection,
    fleet,
    inFlight: createInFlightCounts(),
    startPolicy: {
      capacity,
      perCapKeyAndRegionMax: config.PROBES_PER_TENANT_MAX,
      lineMax: Math.ceil(capacity * LINE_SHARE),
    },
    selfChecks: createSelfChecks(
      { ...shared, fleet, workerId, version: packageJson.version },
      { regions, provingMs: PROVING_MS },
    ),
    report: (result, toolList) => writeReport(shared, result, toolList),
    setAside: (refused) => setAside(shared, refused),
    close: closers.closeAll,
  };
}

/** A child sees nothing of this process's environment but trust anchors and the compile cache (half its memory and start time). */
function childEnv(config: Config): Record<string, string> {
  const cacheDir = getCompileCacheDir();
  return {
    ...(config.NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS: config.NODE_EXTRA_CA_CERTS } : {}),
    ...(cacheDir ? { NODE_COMPILE_CACHE: cacheDir } : {}),
  };
}
