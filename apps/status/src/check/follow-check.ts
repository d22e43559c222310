import { setTimeout as pause } from "node:timers/promises";
import type { CheckReading } from "./read-check.ts";

/** `still`: nothing new for a while; sent so that proxies between us and the reader keep the connection. */
export type CheckNews =
  | { readonly kind: "still" }
  | { readonly kind: "news"; readonly reading: CheckReading };

const POLL_MS = 250;
const STILL_AFTER_MS = 15_000;
/** Longer than any check lives; a stream that reaches it is ended whatever it waits for. */
const FOLLOWED_MS_MAX = 120_000;

/** Yields each new state of one check until it is done, gone, or `signal` aborts. Polls, so a restart of Redis only delays it. */
export async function* followCheck(
  read: () => Promise<CheckReading | null>,
  options: { readonly signal: AbortSignal; readonly pollMs?: number; readonly stillAfterMs?: number },
): AsyncGenerator<CheckNews> {
  const { signal, pollMs = POLL_MS, stillAfterMs = STILL_AFTER_MS } = options;
  const startedAt = performance.now();
  let saidAt = startedAt;
  let last = "";
  while (!signal.aborted && performance.now() - startedAt < FOLLOWED_MS_MAX) {
    const reading = await read().catch(() => undefined);
    if (reading === null) {
      return;
    }
    const text = JSON.stringify(reading?.progress ?? null);
    if (reading !== undefined && text !== last) {
      last = text;
      saidAt = performance.now();
      yield { kind: "news", reading };
      if (reading.progress.kind === "done" || reading.progress.kind === "failed") {
        return;
      }
    } else if (performance.now() - saidAt >= stillAfterMs) {
      saidAt = performance.now();
      yield { kind: "still" };
    }
    await pause(pollMs, undefined, { signal }).catch(() => {});
  }
}
