import { AppError } from "@alivemcp/core/app-error";
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { type MinuteEntry, pageMinutes } from "@alivemcp/db/queries/endpoint-pages";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "./find-watched.ts";

const DAY_MS = 86_400_000;
const SPAN_DAYS_MAX = 31;

/**
 * Verdict-minutes of an endpoint the tenant watches, of `[fromMs, untilMs)`, newest first; default: the last 24 hours.
 * `beforeMs` is the last row of the page before. Throws `invalid` for more than 31 days, `not_found`.
 */
export function listMinutes(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  input: {
    readonly endpoint: string;
    readonly fromMs: number | null;
    readonly untilMs: number | null;
    readonly beforeMs: number | null;
    readonly limit: number;
  },
): Promise<MinuteEntry[]> {
  const untilMs = input.untilMs ?? deps.clock.nowMs() + MINUTE_MS;
  const fromMs = input.fromMs ?? untilMs - DAY_MS;
  if (fromMs >= untilMs || untilMs - fromMs > SPAN_DAYS_MAX * DAY_MS) {
    throw new AppError({
      code: "invalid",
      internal: "span of minutes",
      public: `Ask for at most ${SPAN_DAYS_MAX} days at once, the earlier instant first.`,
      field: "from",
    });
  }
  return read(deps, caller, "endpoint.read", async (tx) => {
    const { number } = await findWatched(caller, tx, input.endpoint);
    const beforeMs = Math.min(untilMs, input.beforeMs ?? untilMs);
    return pageMinutes(caller.scope, tx, { endpointNumber: number, fromMs, beforeMs, limit: input.limit });
  });
}
