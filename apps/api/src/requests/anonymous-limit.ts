import { AppError } from "@alivemcp/core/app-error";
import type { Redis } from "@alivemcp/runtime/redis";
import { RateLimiterRedis } from "rate-limiter-flexible";

/** Counts one request of `key`. Throws `rate_limited` above the limit, `upstream` while nobody can count. */
export type AnonymousLimit = (key: string) => Promise<void>;

/** A limit of requests without a key, counted in Redis over all processes. */
export function createAnonymousLimit(
  redis: Redis,
  input: {
    readonly name: string;
    readonly points: number;
    readonly durationS: number;
    /** Said to who is over it. */
    readonly words: string;
  },
): AnonymousLimit {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `limit:${input.name}`,
    points: input.points,
    duration: input.durationS,
  });
  return async (key) => {
    try {
      await limiter.consume(key);
    } catch (err) {
      if (err instanceof Error) {
        throw new AppError({
          code: "upstream",
          internal: "rate limiter unavailable",
          public: "Please try again in a minute.",
          cause: err,
        });
      }
      throw new AppError({
        code: "rate_limited",
        internal: `limit ${input.name}`,
        public: input.words,
        retryAfterS: Math.ceil((err as { msBeforeNext: number }).msBeforeNext / 1_000),
      });
    }
  };
}
