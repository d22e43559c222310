/**
 * `npm run bench [-- --json]`: what the machine at hand makes of the hot paths. Ratios hold across machines; absolute
 * figures only compare runs on one. Bounded: a few minutes.
 */
import { setTimeout as wait } from "node:timers/promises";
import { measureArchiveRate } from "../../services/archiver/test/measure-archive-rate.ts";
import { measureReportRate } from "../../services/runtime/test/measure-report-rate.ts";
import { openTestRedis, type TestRedis } from "../../services/runtime/test/redis.ts";
import { measurePlanning } from "../../services/scheduler/test/measure-planning.ts";
import { type RunningCopy, startCopy } from "../drills/running-copy.ts";
import { measureInFlightMemory } from "./in-flight-memory.ts";
import { measureProbeRatio } from "./probe-ratio.ts";
import { proportionalMemoryMb } from "./proportional-memory.ts";
import { applySteadyLoad } from "./steady-load.ts";

/** Every figure with the aim it is held against; `null` where it is only watched. */
const AIMS = {
  probe_http_ratio: "≥ 0.75",
  probe_https_ratio: "≥ 0.85",
  probe_http_per_core_s: null,
  probe_https_per_core_s: null,
  rss_mb_per_1000_inflight: null,
  idle_mb: "≤ 700",
  report_results_s: "≥ 20,000",
  report_redis_us: null,
  archived_rows_s: "≥ 50,000",
  badge_p99_ms: "≤ 10 at 1,000/s",
  embed_p99_ms: "≤ 10 at 1,000/s",
  schedule_cpu_s: "≤ 5 per minute, 100,000 endpoints × 5 regions",
  enqueue_us_per_job: null,
} as const;
type Figures = Record<keyof typeof AIMS, number>;

const SCHEDULED_ENDPOINTS = 100_000;
const REPORTED_ENDPOINTS = 20_000;
const REPORTS_IN_FLIGHT = 1_000;
/** Idle means that what starting up left behind has been given back. */
const IDLE_AFTER_MS = 30_000;
const LOAD = { perSecond: 1_000, seconds: 10 };

const isJson = process.argv.includes("--json");
const say = (line: string) => console.error(line);

say("probes against the least code that sends the same requests …");
const http = await measureProbeRatio("http");
const https = await measureProbeRatio("https");
say("1,000 probes in flight …");
const inFlightMb = await measureInFlightMemory();
say("results through the report script …");
const reports = await withRedis((redis) =>
  measureReportRate(redis, { endpoints: REPORTED_ENDPOINTS, inFlight: REPORTS_IN_FLIGHT }),
);
say("rows into the archive …");
const archive = await measureArchiveRate();
say("a minute of scheduling 100,000 endpoints …");
const planning = await measurePlanning(SCHEDULED_ENDPOINTS);
say("a copy at rest …");
const idleMb = await measureIdle();
say("badges and embeds at 1,000/s …");
const reading = await measureReading();

const figures: Figures = {
  probe_http_ratio: http.ratio,
  probe_https_ratio: https.ratio,
  probe_http_per_core_s: http.probesPerCpuS,
  probe_https_per_core_s: https.probesPerCpuS,
  rss_mb_per_1000_inflight: inFlightMb,
  idle_mb: idleMb,
  report_results_s: reports.resultsPerSecond,
  report_redis_us: reports.redisCpuMicrosPerResult,
  archived_rows_s: archive.rowsPerS,
  badge_p99_ms: reading.badgeMsP99,
  embed_p99_ms: reading.embedMsP99,
  schedule_cpu_s: planning.cpuS,
  enqueue_us_per_job: planning.enqueueUsPerJob,
};
print(figures);

async function withRedis<T>(measure: (redis: TestRedis["redis"]) => Promise<T>): Promise<T> {
  const test = await openTestRedis();
  try {
    return await measure(test.redis);
  } finally {
    await test.close();
  }
}

/** All of `scripts/up` without the demo endpoints, Postgres and Redis included, in MiB of proportional set size. */
async function measureIdle(): Promise<number> {
  return withCopy({ hasDemo: false }, async (copy) => {
    await wait(IDLE_AFTER_MS);
    return copy.pids().reduce((sum, pid) => sum + proportionalMemoryMb(pid), 0);
  });
}

async function measureReading(): Promise<{ badgeMsP99: number; embedMsP99: number }> {
  return withCopy({ hasDemo: true }, async (copy) => {
    const origin = `http://127.0.0.1:${copy.portBase + 2}`;
    const slug = "modern-notes";
    const load = async (path: string) => {
      await applySteadyLoad({ origin, path, perSecond: 200, seconds: 3 });
      const { msP99, failed } = await applySteadyLoad({ origin, path, ...LOAD });
      if (failed > 0) {
        throw new Error(`${failed} requests of ${path} failed`);
      }
      return msP99;
    };
    return {
      badgeMsP99: await load(`/badge/${slug}.svg`),
      embedMsP99: await load(`/api/embed-status/${slug}`),
    };
  });
}

async function withCopy<T>(
  options: { hasDemo: boolean },
  measure: (copy: RunningCopy) => Promise<T>,
): Promise<T> {
  const copy = await startCopy(options);
  try {
    return await measure(copy);
  } finally {
    await copy.stop();
  }
}

function print(found: Figures): void {
  if (isJson) {
    console.log(JSON.stringify(found));
    return;
  }
  for (const [name, aim] of Object.entries(AIMS)) {
    const value = found[name as keyof Figures];
    const shown = value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(2);
    console.log(`${name.padEnd(26)} ${shown.padStart(10)}   ${aim === null ? "" : `aim ${aim}`}`);
  }
}
