import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "@alivemcp/core/app-error";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { Deps } from "../deps.ts";
import type { WebContext } from "../web-env.ts";

/** One event of a live page. */
export interface LiveEvent {
  readonly event: string;
  readonly data: string;
}

export interface LiveStreams {
  /** Answers with a stream of what `follow` yields, until it ends, the reader leaves, signs out, or the process stops. */
  open(c: WebContext, follow: (signal: AbortSignal) => AsyncIterable<LiveEvent>): Response;
}

/** Streams of one person: a tab each, with room for those a browser has not let go of yet. */
const STREAMS_PER_PERSON_MAX = 12;
const STREAMS_MAX = 500;
/** A comment this often keeps proxies from closing the connection; the session is looked at as often. */
const STILL_EVERY_MS = 15_000;
/** The browser opens a new one by itself, through whatever limits there are by then. */
const STREAM_LIFE_MS = 30 * 60_000;

/**
 * The live streams of this process, bounded for each person and for all. A stream ends at most `stillEveryMs` after its
 * session did, with an event `signed-out`.
 */
export function createStreams(
  deps: Pick<Deps, "identity" | "log">,
  stopping: AbortSignal,
  stillEveryMs = STILL_EVERY_MS,
): LiveStreams {
  const perPerson = new Map<string, number>();
  let all = 0;
  const count = (userId: string, by: 1 | -1) => {
    const left = (perPerson.get(userId) ?? 0) + by;
    all += by;
    if (left === 0) {
      perPerson.delete(userId);
    } else {
      perPerson.set(userId, left);
    }
  };
  return {
    open(c, follow) {
      const userId = c.var.viewer?.userId ?? "";
      if (all >= STREAMS_MAX || (perPerson.get(userId) ?? 0) >= STREAMS_PER_PERSON_MAX) {
        throw new AppError({
          code: "rate_limited",
          internal: "too many live streams",
          public: "Too many pages are open at once; this one refreshes when it is loaded again.",
          retryAfterS: 30,
        });
      }
      count(userId, 1);
      const answer = streamSSE(c, async (stream) => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        const signal = AbortSignal.any([gone.signal, stopping, AbortSignal.timeout(STREAM_LIFE_MS)]);
        try {
          await Promise.race([
            tellAll(stream, follow(signal)),
            watchSession(deps, c, stream, { signal, everyMs: stillEveryMs }),
          ]);
        } catch (err) {
          deps.log.warn({ err }, "a live stream broke");
        } finally {
          gone.abort();
          count(userId, -1);
        }
      });
      // Proxies are told neither to compress nor to hold back what arrives bit by bit.
      answer.headers.set("cache-control", "no-store, no-transform");
      answer.headers.set("x-accel-buffering", "no");
      return answer;
    },
  };
}

async function tellAll(stream: SSEStreamingApi, events: AsyncIterable<LiveEvent>): Promise<void> {
  for await (const event of events) {
    await stream.writeSSE(event);
  }
}

/** Ends with the session: signing out on one page closes the streams of all others. */
async function watchSession(
  { identity }: Pick<Deps, "identity">,
  c: WebContext,
  stream: SSEStreamingApi,
  { signal, everyMs }: { readonly signal: AbortSignal; readonly everyMs: number },
): Promise<void> {
  const sessionId = c.var.viewer?.sessionId;
  while (!signal.aborted) {
    await pause(everyMs, undefined, { signal }).catch(() => {});
    const viewer = await identity.findViewer(c);
    if (viewer?.sessionId !== sessionId) {
      await stream.writeSSE({ event: "signed-out", data: "" });
      return;
    }
    await stream.write(": still here\n\n");
  }
}
