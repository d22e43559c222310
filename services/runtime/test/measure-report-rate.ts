/** Measures the report script: results per second over pipelined connections, and what a verdict-minute weighs. */
import { randomUUID } from "node:crypto";
import { COMMITTED_FIELDS } from "@alivemcp/core/now-fields";
import { nowKey, type RegionResult, verdictMinuteKey } from "@alivemcp/core/pipeline";
import type { Redis } from "ioredis";
import { MINUTE, MINUTE_AT_MS, makeResult, REGIONS } from "../../core/test/verdict-cases.ts";
import { reportResult } from "../src/verdict-store.ts";

export interface ReportRate {
  readonly results: number;
  readonly resultsPerSecond: number;
  /** CPU time of Redis's main thread per result, reading and writing included; says more than the rate on a busy machine. */
  readonly redisCpuMicrosPerResult: number;
  /** `MEMORY USAGE` of a sealed minute of five regions that are up. */
  readonly minuteBytes: number;
  readonly minuteEncoding: string;
  /** The same of the endpoint's `now` hash with five findings. */
  readonly nowBytes: number;
}

/** An automatic pipeline has one batch under way per connection: with one worker's alone Redis would wait half the time. */
const WORKERS = 3;

/**
 * Reports `endpoints` × 5 regions for one minute, all `up` like the committed state, `inFlight` at a time, over as many
 * connections as so many workers would have. The caller gives an empty logical database and empties it afterwards.
 */
export async function measureReportRate(
  redis: Redis,
  input: { endpoints: number; inFlight: number },
): Promise<ReportRate> {
  const connections = Array.from({ length: WORKERS }, () => redis.duplicate());
  const ids = Array.from({ length: input.endpoints }, () => randomUUID());
  const results = REGIONS.flatMap((region) => ids.map((endpointId) => ordinaryResult(endpointId, region)));
  await Promise.all(ids.map((endpointId) => redis.hset(nowKey(endpointId), COMMITTED_FIELDS.state, "up")));
  await reportResult(redis, ordinaryResult(randomUUID(), "us-east"), MINUTE_AT_MS);

  const cpuBeforeS = await readCpuS(redis);
  const startedAt = performance.now();
  let next = 0;
  const reportOn = async (connection: Redis) => {
    for (let result = results[next++]; result; result = results[next++]) {
      await reportResult(connection, result, MINUTE_AT_MS + 1_000);
    }
  };
  const reporters = Array.from(
    { length: input.inFlight },
    (_, n) => connections[n % connections.length] ?? redis,
  );
  await Promise.all(reporters.map(reportOn));
  const elapsedS = (performance.now() - startedAt) / 1_000;

  await Promise.all(connections.map((connection) => connection.quit()));
  const cpuS = (await readCpuS(redis)) - cpuBeforeS;
  const [endpointId = ""] = ids;
  const minuteKey = verdictMinuteKey(endpointId, MINUTE);
  return {
    results: results.length,
    resultsPerSecond: Math.round(results.length / elapsedS),
    redisCpuMicrosPerResult: Math.round((cpuS * 10_000_000) / results.length) / 10,
    minuteBytes: Number(await redis.memory("USAGE", minuteKey)),
    minuteEncoding: String(await redis.object("ENCODING", minuteKey)),
    nowBytes: Number(await redis.memory("USAGE", nowKey(endpointId))),
  };
}

async function readCpuS(redis: Redis): Promise<number> {
  const text = await redis.info("cpu");
  const read = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(text)?.[1] ?? Number.NaN);
  return read("used_cpu_user_main_thread") + read("used_cpu_sys_main_thread");
}

/** As a healthy probe leaves it: nine timed steps, a known tool list. */
function ordinaryResult(endpointId: string, region: string): RegionResult {
  const steps = (
    ["dns", "tcp", "tls", "http", "detect", "handshake", "initialized", "tools_list", "close"] as const
  ).map((step, n) => ({ step, ms: 3.5 * n, ok: true, detail: null }));
  return makeResult({
    endpointId,
    job: { region },
    finding: { startedAtMs: MINUTE_AT_MS + 12, observedAtMs: MINUTE_AT_MS + 412, steps },
  });
}
