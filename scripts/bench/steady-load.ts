/**
 * Open-loop HTTP load: requests start on a fixed beat whether or not earlier ones were answered, so that waiting for a
 * slow answer counts. What the beat itself is late by on a busy machine does not: a latency begins when its request
 * is handed to the client.
 */
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "undici";

export interface LoadResult {
  readonly requestsPerS: number;
  readonly msP50: number;
  readonly msP99: number;
  readonly failed: number;
}

const BEAT_MS = 1;

/** Sends `perSecond` GETs of `path` for `seconds`, over at most 32 connections. */
export async function applySteadyLoad(input: {
  origin: string;
  path: string;
  perSecond: number;
  seconds: number;
}): Promise<LoadResult> {
  const pool = new Pool(input.origin, { connections: 32, pipelining: 1 });
  const latencies: number[] = [];
  let failed = 0;
  const send = async () => {
    const sentAt = performance.now();
    try {
      const { statusCode, body } = await pool.request({ method: "GET", path: input.path });
      await body.dump();
      latencies.push(performance.now() - sentAt);
      failed += statusCode === 200 ? 0 : 1;
    } catch {
      failed += 1;
    }
  };
  const total = input.perSecond * input.seconds;
  const startedAt = performance.now();
  const requests: Promise<void>[] = [];
  while (requests.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1_000) * input.perSecond));
    while (requests.length < due) {
      requests.push(send());
    }
    await wait(BEAT_MS);
  }
  await Promise.all(requests);
  const elapsedS = (performance.now() - startedAt) / 1_000;
  await pool.close();
  const sorted = latencies.sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { requestsPerS: latencies.length / elapsedS, msP50: at(0.5), msP99: at(0.99), failed };
}
