import { AppError } from "@alivemcp/core/app-error";
import type { Plan } from "@alivemcp/core/plans";
import type { Context, MiddlewareHandler } from "hono";
import { RateLimiterRedis, type RateLimiterRes } from "rate-limiter-flexible";
import type { ApiEnv } from "../api-env.ts";
import type { Deps } from "../deps.ts";
import { requestCaller } from "../request-caller.ts";

const WINDOW_S = 60;
/** A count that takes longer than this is no count: Redis is hanging, not slow. */
const DEADLINE_MS = 500;

type Count =
  | {
      readonly kind: "counted";
      readonly isOver: boolean;
      readonly remaining: number;
      readonly resetS: number;
    }
  | { readonly kind: "unavailable"; readonly err: unknown };

/**
 * Holds a workspace to its plan's requests a minute, counted in Redis over all processes and all of its keys; on the
 * Public plan per address. Says where the caller stands as `RateLimit` and `RateLimit-Policy`
 * (draft-ietf-httpapi-ratelimit-headers-10). With Redis away nobody can be counted: who pays is let through, who does
 * not is refused. The operator key is not counted.
 */
export function limitRequests(deps: Pick<Deps, "redis" | "log" | "config">): MiddlewareHandler<ApiEnv> {
  const limiters = new Map<string, RateLimiterRedis>();
  const limiterOf = (plan: Plan) => {
    const limiter =
      limiters.get(plan.name) ??
      new RateLimiterRedis({
        storeClient: deps.redis,
        keyPrefix: "limit:api",
        points: plan.apiRequestsPerMinuteMax,
        duration: WINDOW_S,
        rejectIfRedisNotReady: true,
      });
    limiters.set(plan.name, limiter);
    return limiter;
  };
  return async (c, next) => {
    if (c.var.caller.actor.kind === "operator") {
      return next();
    }
    const { plan } = c.var;
    const count = await take(limiterOf(plan), countedBy(deps, c, plan));
    if (count.kind === "unavailable") {
      deps.log.warn({ err: count.err }, "requests are not counted");
      requirePaid(plan);
    } else {
      announce(c, plan, count);
      requireRoom(plan, count);
    }
    return next();
  };
}

function countedBy(deps: Pick<Deps, "config">, c: Context<ApiEnv>, plan: Plan): string {
  return plan.apiLimitCounts === "per-ip"
    ? `ip:${requestCaller(c, deps.config.TRUSTED_PROXY_HOPS)}`
    : `tenant:${c.var.caller.scope.tenantId}`;
}

async function take(limiter: RateLimiterRedis, key: string): Promise<Count> {
  const answer = await Promise.race([limiter.consume(key), deadline()]).catch((err: unknown) => err);
  if (answer instanceof Error) {
    return { kind: "unavailable", err: answer };
  }
  const { remainingPoints, consumedPoints, msBeforeNext } = answer as RateLimiterRes;
  return {
    kind: "counted",
    isOver: consumedPoints > limiter.points,
    remaining: Math.max(0, remainingPoints),
    resetS: Math.max(1, Math.ceil(msBeforeNext / 1_000)),
  };
}

function deadline(): Promise<Error> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(new Error(`Redis did not count within ${DEADLINE_MS} ms`)), DEADLINE_MS).unref();
  });
}

function announce(c: Context<ApiEnv>, plan: Plan, count: Count & { kind: "counted" }): void {
  c.header("ratelimit-policy", `"${plan.apiLimitCounts}";q=${plan.apiRequestsPerMinuteMax};w=${WINDOW_S}`);
  c.header("ratelimit", `"${plan.apiLimitCounts}";r=${count.remaining};t=${count.resetS}`);
}

function requireRoom(plan: Plan, count: Count & { kind: "counted" }): void {
  if (count.isOver) {
    throw new AppError({
      code: "rate_limited",
      internal: "requests of the plan spent",
      public: `The plan ${plan.name} allows ${plan.apiRequestsPerMinuteMax} requests a minute${plan.apiLimitCounts === "per-ip" ? " per address" : ""}; a larger plan allows more.`,
      retryAfterS: count.resetS,
    });
  }
}

function requirePaid(plan: Plan): void {
  if (plan.priceUsdPerMonth === 0) {
    throw new AppError({
      code: "upstream",
      internal: "free request while requests cannot be counted",
      public: "Requests of the Public plan cannot be counted at the moment; please try again in a minute.",
      retryAfterS: WINDOW_S,
    });
  }
}
