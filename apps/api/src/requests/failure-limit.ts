import { AppError } from "@alivemcp/core/app-error";
import { RateLimiterRedis } from "rate-limiter-flexible";
import type { Deps } from "../deps.ts";

export interface FailureLimit {
  /** Notes that this address sent a bad key. Throws `rate_limited` when it did so too often. */
  count(address: string): Promise<void>;
}

/** Bad keys one address may send in a minute before it is told to wait. */
const BAD_KEYS_PER_MINUTE_MAX = 30;
const WINDOW_S = 60;

/** Counts bad keys per address over all processes. With Redis away nothing is counted: a bad key opens nothing anyway. */
export function createFailureLimit(deps: Pick<Deps, "redis" | "log">): FailureLimit {
  const limiter = new RateLimiterRedis({
    storeClient: deps.redis,
    keyPrefix: "limit:bad-key",
    points: BAD_KEYS_PER_MINUTE_MAX,
    duration: WINDOW_S,
    rejectIfRedisNotReady: true,
    inMemoryBlockOnConsumed: BAD_KEYS_PER_MINUTE_MAX + 1,
  });
  return {
    async count(address) {
      try {
        await limiter.consume(address);
      } catch (err) {
        if (err instanceof Error) {
          deps.log.warn({ err }, "bad keys are not counted");
          return;
        }
        throw new AppError({
          code: "rate_limited",
          internal: "too many bad keys from one address",
          public: "Too many requests with a bad key came from your address; please wait a minute.",
          retryAfterS: Math.ceil((err as { msBeforeNext: number }).msBeforeNext / 1_000),
        });
      }
    },
  };
}
