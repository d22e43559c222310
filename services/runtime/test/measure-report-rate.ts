/** Measures the report script: results per second over one pipelined connection, and what a verdict-minute weighs. */
import { randomUUID } from "node:crypto";
import { COMMITTED_FIELDS } from "@alivemcp/core/now-fields";
import { nowKey, type RegionResult, verdictMinuteKey } from "@alivemcp/core/pipeline";
import type { Redis } from "ioredis";
import { MINUTE, MINUTE_AT_MS, makeResult, REGIONS } from "../../core/test/verdict-cases.ts";
import { reportResult } from "../src/verdict-store.ts";

export interface ReportRate {
  readonly results: number;
  readonly resultsPerSecond: number;
  /** Microseconds Redis spent per script call, by its own account. */
  readonly redisMicrosPerResult: number;
  /** `MEMORY USAGE` of a sealed minute of five regions that are up. */
  readonly minuteBytes: number;
  readonly minuteEncoding: string;
  /** The same of the endpoint's `now` hash with five findings. */
  readonly nowBytes: number;
}

/**
 * Reports `endpoints` × 5 regions for one minute, all `up` like the committed state, `inFlight` at a time. Runs against a logical database of
 * its own choosing: the caller gives an empty one and empties it afterwards.
 */
export async function measureReportRate(
  redis: Redis,
  input: { endpoints: number; inFlight: number },
): Promise<ReportRate> {
  const ids = Array.from({ length: input.endpoints }, () => randomUUID());
  const results = REGIONS.flatMap((region) => ids.map((endpointId) => ordinaryResult(endpointId, region)));
  await Promise.all(ids.map((endpointId) => redis.hset(nowKey(endpointId), COMMITTED_FIELDS.state, "up")));
  await reportResult(redis, ordinaryResult(randomUUID(), "us-east"), MINUTE_AT_MS);
  await redis.config("RESETSTAT");

  const startedAt = performance.now();
  let next = 0;
  const reportOn = async () => {
    for (let result = results[next++]; result; result = results[next++]) {
      await reportResult(redis, result, MINUTE_AT_MS + 1_000);
    }
  };
  await Promise.all(Array.from({ length: input.inFlight }, reportOn));
  const elapsedS = (performance.now() - startedAt) / 1_000;

  const stats = await redis.info("commandstats");
  const [endpointId = ""] = ids;
  const minuteKey = verdictMinuteKey(endpointId, MINUTE);
  return {
    results: results.length,
    resultsPerSecond: Math.round(results.length / elapsedS),
    redisMicrosPerResult: Number(/cmdstat_evalsha:.*?usec_per_call=([\d.]+)/.exec(stats)?.[1] ?? Number.NaN),
    minuteBytes: Number(await redis.memory("USAGE", minuteKey)),
    minuteEncoding: String(await redis.object("ENCODING", minuteKey)),
    nowBytes: Number(await redis.memory("USAGE", nowKey(endpointId))),
  };
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
