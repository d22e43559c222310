import { setTimeout as pause } from "node:timers/promises";
import type { ProbeProgress } from "@alivemcp/actions/watched/read-probe-progress";
import type { LiveEvent } from "../live/create-streams.ts";

const POLL_MS = 250;

/**
 * Yields `progress` with the finished HTML of each new state, and `result` with the last one, after which it ends; it
 * ends without one when the probe is gone. A moment without Redis ends nothing.
 */
export async function* followProbe(
  read: () => Promise<ProbeProgress | null>,
  options: {
    readonly render: (progress: ProbeProgress) => Promise<string>;
    readonly signal: AbortSignal;
    readonly pollMs?: number;
  },
): AsyncGenerator<LiveEvent> {
  const { render, signal, pollMs = POLL_MS } = options;
  let last = "";
  while (!signal.aborted) {
    const progress = await read().catch(() => undefined);
    if (progress === null) {
      return;
    }
    const text = JSON.stringify(progress ?? null);
    if (progress !== undefined && text !== last) {
      last = text;
      yield { event: progress.isOver ? "result" : "progress", data: await render(progress) };
      if (progress.isOver) {
        return;
      }
    }
    await pause(pollMs, undefined, { signal }).catch(() => {});
  }
}
