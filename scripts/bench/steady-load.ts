/** Open-loop HTTP load: requests start on a fixed beat whether or not earlier ones were answered, so waiting counts. */
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "undici";

export interface LoadResult {
  readonly requestsPerS: number;
  readonly msP50: number;
  readonly msP99: number;
  readonly failed: number;
}

const TICK_MS = 10;

/** Sends `perSecond` GETs of `path` for `seconds`; a latency runs from the instant a request was due. */
export async function applySteadyLoad(input: {
  origin: string;
  path: string;
  perSecond: number;
  seconds: number;
}): Promise<LoadResult> {
  const pool = new Pool(input.origin, { connections: 32, pipelining: 1 });
  const latencies: number[] = [];
  let failed = 0;
  const send = async (dueAt: number) => {
    try {
      const { statusCode, body } = await pool.request({ method: "GET", path: input.path });
      await body.dump();
      latencies.push(performance.now() - dueAt);
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
      requests.push(send(startedAt + (requests.length * 1_000) / input.perSecond));
    }
    await wait(TICK_MS / 5);
  }
  await Promise.all(requests);
  const elapsedS = (performance.now() - startedAt) / 1_000;
  await pool.close();
  const sorted = latencies.sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { requestsPerS: latencies.length / elapsedS, msP50: at(0.5), msP99: at(0.99), failed };
}
