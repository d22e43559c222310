import { AppError } from "@alivemcp/core/app-error";
import { sha256Hex } from "@alivemcp/core/canonical-json";
import type { Redis } from "@alivemcp/runtime/redis";
import { RateLimiterRedis } from "rate-limiter-flexible";

const MINUTE_S = 60;
const HOUR_S = 3_600;

/**
 * How often what is guessed or mailed may be tried, by who asks (`address`) and by whose account it is (`account`). A
 * limit counts tries, not failures, and whether or not there is such an account.
 */
const LIMITS = {
  "password:address": { points: 40, duration: 10 * MINUTE_S },
  "password:account": { points: 10, duration: 10 * MINUTE_S },
  "code:address": { points: 40, duration: 10 * MINUTE_S },
  "code:account": { points: 15, duration: 10 * MINUTE_S },
  "token:address": { points: 60, duration: 10 * MINUTE_S },
  "mail:address": { points: 30, duration: HOUR_S },
  "mail:account": { points: 6, duration: HOUR_S },
  "sign-up:address": { points: 20, duration: HOUR_S },
} as const;
type LimitName = keyof typeof LIMITS;

export interface SignInLimits {
  /** Counts one try. Throws `rate_limited` with the time to wait, or `upstream` while Redis is away: then nobody may guess. */
  spend(name: LimitName, key: string): Promise<void>;
}

export function createSignInLimits(redis: Redis): SignInLimits {
  const limiters = new Map(
    Object.entries(LIMITS).map(([name, limit]) => [
      name,
      new RateLimiterRedis({ storeClient: redis, keyPrefix: `limit:web:${name}`, ...limit }),
    ]),
  );
  return {
    async spend(name, key) {
      try {
        // Hashed: Redis need not know who tried to sign in.
        await limiters.get(name)?.consume(sha256Hex(key));
      } catch (err) {
        throw toRefusal(name, err);
      }
    },
  };
}

function toRefusal(name: LimitName, err: unknown): AppError {
  if (err instanceof Error) {
    return new AppError({
      code: "upstream",
      internal: "rate limiter unavailable",
      public: "This is not possible for the moment. Please try again in a minute.",
      retryAfterS: 60,
      cause: err,
    });
  }
  const retryAfterS = Math.max(1, Math.ceil((err as { msBeforeNext: number }).msBeforeNext / 1_000));
  return new AppError({
    code: "rate_limited",
    internal: `limit ${name}`,
    public: `That was tried too often. Please wait ${waitText(retryAfterS)} and try again.`,
    retryAfterS,
  });
}

const waitText = (seconds: number) =>
  seconds <= 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
