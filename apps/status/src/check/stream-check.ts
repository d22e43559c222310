import { AppError } from "@alivemcp/core/app-error";
import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { Deps } from "../deps.ts";
import { checkResultView } from "./check-view.ts";
import { type CheckNews, followCheck } from "./follow-check.ts";
import { readCheck } from "./read-check.ts";

/** Live streams of this process; readers beyond it get the page that refreshes itself. */
const STREAMS_MAX = 300;

/**
 * Answers requests for the live stream of one check: events `progress` and `result` carry the finished HTML of
 * `checkResultView`. Every stream ends with its check, its reader, or the process.
 */
export function createCheckStreams(
  deps: Pick<Deps, "checkQueues" | "regions" | "clock" | "log" | "target">,
  stopping: AbortSignal,
): (c: Context, input: { readonly region: string; readonly checkId: string }) => Response {
  let streams = 0;
  return (c, input) => {
    if (streams >= STREAMS_MAX) {
      throw new AppError({
        code: "rate_limited",
        internal: "too many live streams",
        public: "Too many readers at once.",
        retryAfterS: 5,
      });
    }
    streams += 1;
    const answer = streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const signal = AbortSignal.any([gone.signal, stopping]);
      try {
        for await (const news of followCheck(() => readCheck(deps, input), { signal })) {
          await tell(stream, news);
        }
      } catch (err) {
        deps.log.warn({ err }, "a live check stream broke");
      } finally {
        streams -= 1;
      }
    });
    // Proxies are told neither to compress nor to hold back what arrives bit by bit.
    answer.headers.set("cache-control", "no-store, no-transform");
    answer.headers.set("x-accel-buffering", "no");
    return answer;
  };
}

async function tell(stream: SSEStreamingApi, news: CheckNews): Promise<void> {
  if (news.kind === "still") {
    await stream.write(": still here\n\n");
    return;
  }
  const { facts, progress } = news.reading;
  const isOver = progress.kind === "done" || progress.kind === "failed";
  await stream.writeSSE({
    event: isOver ? "result" : "progress",
    data: String(await checkResultView(facts, progress)),
  });
}
