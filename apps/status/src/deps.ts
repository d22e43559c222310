import { checkQueueName, type ProbeJob } from "@alivemcp/core/pipeline";
import { assetPath } from "@alivemcp/pages/asset";
import type { Html } from "@alivemcp/pages/figures";
import { createProbeDeps, type ProbeDeps } from "@alivemcp/probe/probe-deps";
import { type Clock, systemClock } from "@alivemcp/runtime/clock";
import { createClosers } from "@alivemcp/runtime/lifecycle";
import { type Logger, openLogger } from "@alivemcp/runtime/logger";
import { createMetrics } from "@alivemcp/runtime/metrics";
import { createMicroCache, type MicroCache } from "@alivemcp/runtime/micro-cache";
import { openPool, type Pool } from "@alivemcp/runtime/postgres";
import { openQueue, openQueueConnection, type Queue } from "@alivemcp/runtime/queues";
import { openRedis, type Redis } from "@alivemcp/runtime/redis";
import { loadRegions, type RegionSpec } from "@alivemcp/runtime/regions";
import { createRequestSeconds, type RequestSeconds } from "@alivemcp/runtime/request-metrics";
import { Counter, type Registry } from "prom-client";
import { type Catalogue, createCatalogue } from "./catalogue.ts";
import type { Config } from "./config.ts";
import type { EndpointReading } from "./endpoint-reading.ts";
import type { CachedAnswer } from "./http-answer.ts";
import type { News } from "./incidents/news.ts";
import { createLiveStates, type LiveStates } from "./live-states.ts";
import { type Assets, readAssets } from "./read-assets.ts";
import type { History } from "./status-page/query-history.ts";
import { toReading } from "./to-reading.ts";
import type { Site } from "./views/layout.ts";

/** Everything the public pages can touch: views of Postgres, reading in Redis, and the queues of checks. */
export interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  /** Logs in as `reader`. */
  readonly pool: Pool;
  readonly redis: Redis;
  readonly regions: readonly Pick<RegionSpec, "id" | "city">[];
  /** One per region. */
  readonly checkQueues: ReadonlyMap<string, Queue<ProbeJob>>;
  /** Resolves and judges what strangers paste into `/check`; nothing is probed here. */
  readonly target: Pick<ProbeDeps, "guard" | "resolve">;
  readonly catalogue: Catalogue;
  readonly liveStates: LiveStates;
  /** Public and unlisted endpoints by slug; null for every other slug. */
  findReading(slug: string): Promise<EndpointReading | null>;
  /** Public endpoints only. */
  listBoard(): Iterable<EndpointReading>;
  readonly answers: MicroCache<CachedAnswer>;
  readonly pages: MicroCache<Awaited<Html>>;
  readonly histories: MicroCache<History>;
  /** By the ids of the endpoints. */
  readonly news: MicroCache<News>;
  /** Slug of the page that is shown at a host; null where none is. */
  readonly hosts: MicroCache<string | null>;
  readonly assets: Assets;
  readonly site: Site;
  readonly metrics: Registry;
  readonly requestSeconds: RequestSeconds;
  readonly checksSubmitted: Counter<"outcome">;
  close(): Promise<void>;
}

const VERSION = "0.1.0";
/** Badges and JSON of one endpoint are made at most this often, whoever asks. */
const ANSWER_TTL_MS = 2_000;
const PAGE_TTL_MS = 2_000;
const HISTORY_TTL_MS = 10_000;

/** Opens what the process needs. Rejects when Postgres or Redis does not answer: it says ready only with both seen once. */
export async function createDeps(config: Config): Promise<Deps> {
  const closers = createClosers();
  const log = openLogger("status", config.LOG_LEVEL);
  const pool = openPool(config.DATABASE_URL, {
    max: 6,
    applicationName: "status",
    statementTimeoutMs: 10_000,
    onError: (err) => log.warn({ err }, "idle postgres connection broke"),
  });
  closers.add("postgres", () => pool.end());
  const redis = openRedis(config.REDIS_URL, {
    name: "status",
    commandTimeoutMs: 2_000,
    onError: (err) => log.warn({ err }, "redis"),
  });
  closers.add("redis", () => redis.disconnect());
  const queueConnection = openQueueConnection(config.REDIS_URL, {
    name: "status-queues",
    onError: (err) => log.warn({ err }, "redis of the queues"),
  });
  closers.add("queue connection", () => queueConnection.disconnect());
  const regions = loadRegions(config.REGIONS_FILE);
  const checkQueues = new Map(
    regions.map(({ id }) => [id, openQueue<ProbeJob>(queueConnection, checkQueueName(id))]),
  );
  closers.add("queues", () => Promise.all([...checkQueues.values()].map((queue) => queue.close())));
  await Promise.all([pool.query("SELECT 1"), redis.ping()]);
  const parts = assembleDeps({ config, log, clock: systemClock, pool, redis, regions, checkQueues });
  return { ...parts, close: closers.closeAll };
}

/** The parts that are made of others; tests call it with what they opened themselves. */
export function assembleDeps(
  opened: Pick<Deps, "config" | "log" | "clock" | "pool" | "redis" | "regions" | "checkQueues">,
): Omit<Deps, "close"> {
  const { config, clock, log, pool, redis } = opened;
  const assets = readAssets();
  const metrics = createMetrics("status");
  const catalogue = createCatalogue({
    pool,
    clock,
    regions: opened.regions.map(({ id }) => id),
    onError: (err) => log.warn({ err }, "an endpoint could not be looked up"),
  });
  const liveStates = createLiveStates({ redis, clock, catalogue });
  return {
    ...opened,
    target: createProbeDeps({ allowCidrs: config.PROBE_ALLOW_CIDRS, publicUrl: config.PUBLIC_URL }),
    catalogue,
    liveStates,
    async findReading(slug) {
      const entry = await catalogue.find(slug);
      return entry && toReading(entry, await liveStates.find(entry.endpointId), clock.nowMs());
    },
    *listBoard() {
      for (const entry of catalogue.entries()) {
        if (entry.endpoint.visibility === "public") {
          yield toReading(entry, liveStates.known(entry.endpointId), clock.nowMs());
        }
      }
    },
    answers: createMicroCache({ clock, ttlMs: ANSWER_TTL_MS, entriesMax: 5_000 }),
    pages: createMicroCache({ clock, ttlMs: PAGE_TTL_MS, entriesMax: 300 }),
    histories: createMicroCache({ clock, ttlMs: HISTORY_TTL_MS, entriesMax: 500 }),
    news: createMicroCache({ clock, ttlMs: HISTORY_TTL_MS, entriesMax: 1_000 }),
    hosts: createMicroCache({ clock, ttlMs: HISTORY_TTL_MS, entriesMax: 5_000 }),
    assets,
    site: {
      publicUrl: config.PUBLIC_URL,
      apiUrl: config.API_URL,
      appUrl: config.APP_URL ?? null,
      isSimulated: config.SIMULATED_REGIONS,
      version: VERSION,
      assets: {
        css: assetPath("site.css", assets.css),
        liveScript: `${assets.modules.path}/live.js`,
        checkScript: assetPath("check.js", assets.checkScript),
      },
    },
    metrics,
    requestSeconds: createRequestSeconds(metrics, "status"),
    checksSubmitted: new Counter({
      name: "alivemcp_checks_submitted_total",
      help: "Checks that strangers asked for, by what became of the request.",
      labelNames: ["outcome"],
      registers: [metrics],
    }),
  };
}
