import { setTimeout as pause } from "node:timers/promises";
import type { LiveEvent } from "./create-streams.ts";

const POLL_MS = 2_000;

/**
 * Yields an event `changed` with the new digest whenever it differs from the last one told, beginning with `since`,
 * which the page was made of: nothing is missed between page and stream. A digest that cannot be read is no news.
 */
export async function* followChanges(
  digest: () => Promise<string>,
  options: { readonly since: string; readonly signal: AbortSignal; readonly pollMs?: number },
): AsyncGenerator<LiveEvent> {
  const { signal, pollMs = POLL_MS } = options;
  let last = options.since;
  while (!signal.aborted) {
    const next = await digest().catch(() => last);
    if (next !== last) {
      last = next;
      yield { event: "changed", data: next };
    }
    await pause(pollMs, undefined, { signal }).catch(() => {});
  }
}
