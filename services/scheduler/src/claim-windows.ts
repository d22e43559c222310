import { scheduleClaimKey } from "@alivemcp/core/pipeline";
import { SHARDS } from "@alivemcp/core/shard";
import {
  claimScheduleWindows,
  finishScheduleWindows,
  insertScheduleWindows,
  type ScheduleClaim,
} from "@alivemcp/db/queries/schedule-claims-system";
import type { Deps } from "./deps.ts";

type ClaimDeps = Pick<
  Deps,
  "claimPool" | "redis" | "clock" | "log" | "schedulerId" | "claimStore" | "metrics"
>;

/** Longer than a window and the carrying over of its paced slots; then somebody else takes it over. */
export const CLAIM_LEASE_MS = 20_000;
/** After Postgres failed, claims stay in Redis for this long before it is asked again. */
const POSTGRES_REST_MS = 10_000;
const DONE = "done";
/** Outlives every look back at a window. */
const DONE_LIFE_MS = 60_000;

export interface WindowClaim extends ScheduleClaim {
  /** Its jobs were added while claims were kept elsewhere: only to be marked. */
  readonly isDone: boolean;
}

const keyOf = ({ shard, windowAtMs }: ScheduleClaim) => scheduleClaimKey(shard, windowAtMs);

/**
 * Takes up to `limit` unfinished windows of the given ones, oldest first. Two schedulers share the work: each takes a
 * few shards, plans them and comes back. With Postgres away the claims are keys in Redis.
 */
export async function claimWindows(
  deps: ClaimDeps,
  input: { windowsAtMs: readonly number[]; limit: number },
): Promise<readonly WindowClaim[]> {
  const nowMs = deps.clock.nowMs();
  const claims = await withFallback(
    deps,
    async () => {
      await insertScheduleWindows(deps.claimPool, input.windowsAtMs);
      return claimScheduleWindows(deps.claimPool, {
        ...input,
        claimedBy: deps.schedulerId,
        nowMs,
        leaseMs: CLAIM_LEASE_MS,
      });
    },
    () => claimInRedis(deps, input),
  );
  deps.metrics.claims.inc(claims.length);
  const marks = await Promise.all(claims.map((claim) => deps.redis.get(keyOf(claim))));
  return claims.map((claim, n) => ({ ...claim, isDone: marks[n] === DONE }));
}

/** Marks windows done: all their jobs are in the queues. */
export async function finishWindows(deps: ClaimDeps, claims: readonly ScheduleClaim[]): Promise<void> {
  const nowMs = deps.clock.nowMs();
  await Promise.all(claims.map((claim) => deps.redis.set(keyOf(claim), DONE, "PX", DONE_LIFE_MS)));
  await withFallback(
    deps,
    () => finishScheduleWindows(deps.claimPool, { claims, claimedBy: deps.schedulerId, nowMs }),
    async () => {},
  );
}

async function withFallback<T>(
  deps: ClaimDeps,
  inPostgres: () => Promise<T>,
  inRedis: () => Promise<T>,
): Promise<T> {
  const { claimStore, clock } = deps;
  if (clock.nowMs() < claimStore.postgresRestsUntilMs) {
    return inRedis();
  }
  try {
    return await inPostgres();
  } catch (err) {
    claimStore.postgresRestsUntilMs = clock.nowMs() + POSTGRES_REST_MS;
    deps.log.warn({ err }, "claims go to Redis: Postgres does not answer");
    deps.metrics.claimFallbacks.inc();
    return inRedis();
  }
}

async function claimInRedis(
  deps: ClaimDeps,
  input: { windowsAtMs: readonly number[]; limit: number },
): Promise<readonly ScheduleClaim[]> {
  const oldestFirst = input.windowsAtMs.toSorted((a, b) => a - b);
  const wanted = oldestFirst.flatMap((windowAtMs) => SHARDS.map((shard) => ({ shard, windowAtMs })));
  const taken: ScheduleClaim[] = [];
  // A few at a time, so that another scheduler finds some too.
  for (let n = 0; n < wanted.length && taken.length < input.limit; n += input.limit) {
    const batch = wanted.slice(n, n + input.limit);
    const answers = await Promise.all(
      batch.map((claim) => deps.redis.set(keyOf(claim), deps.schedulerId, "PX", CLAIM_LEASE_MS, "NX")),
    );
    taken.push(...batch.filter((_claim, index) => answers[index] === "OK"));
  }
  return taken;
}
