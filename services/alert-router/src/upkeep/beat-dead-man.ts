import { type DeadManDecision, decideHeartbeat } from "@alivemcp/core/dead-man";
import { SHARDS } from "@alivemcp/core/shard";
import { readSendingFigures, saveUpkeepMemory } from "@alivemcp/db/queries/own-health-system";
import type { Deps } from "../deps.ts";
import { readStreamHealth } from "./stream-health.ts";

const ANSWER_TIMEOUT_MS = 10_000;

export type DeadManDeps = Pick<Deps, "pool" | "redis" | "clock" | "log" | "metrics"> & {
  readonly config: Pick<Deps["config"], "DEADMAN_URL" | "DEADMAN_AUTHORIZATION">;
};

/**
 * Tells an outside watcher that pages go out, and only then: its alarm is what wakes people when nothing else can. Every
 * router does so for all of them. What keeps it silent is logged; a watcher that does not answer is tried again next time.
 */
export async function beatDeadMan(
  deps: DeadManDeps,
  router: { readonly sinceStreamReadMs: number },
): Promise<DeadManDecision> {
  const decision = await decide(deps, router);
  deps.metrics.heartbeats.inc({ reason: decision.reason });
  if (!decision.beats) {
    deps.log.error({ reason: decision.reason }, "no heartbeat to the outside watcher: pages may not go out");
  } else if (deps.config.DEADMAN_URL !== undefined) {
    await ask(deps, deps.config.DEADMAN_URL);
  }
  return decision;
}

async function decide(
  deps: DeadManDeps,
  router: { readonly sinceStreamReadMs: number },
): Promise<DeadManDecision> {
  const nowMs = deps.clock.nowMs();
  const canWrite = await saveUpkeepMemory(deps.pool, { task: "dead-man", memory: {}, atMs: nowMs }).then(
    () => true,
    () => false,
  );
  if (!canWrite) {
    return decideHeartbeat({ ...NOTHING_KNOWN, canWrite });
  }
  const [{ shardsHeld, lagMs }, { oldestDueMs }] = await Promise.all([
    readStreamHealth(deps, nowMs),
    readSendingFigures(deps.pool, { atMs: nowMs, sinceMs: nowMs }),
  ]);
  return decideHeartbeat({
    canWrite,
    shardsHeld,
    shards: SHARDS.length,
    sinceStreamReadMs: Math.max(router.sinceStreamReadMs, lagMs),
    oldestDueMs,
  });
}

const NOTHING_KNOWN = { shardsHeld: 0, shards: SHARDS.length, sinceStreamReadMs: 0, oldestDueMs: 0 };

/** The URL is the operators' own and may lie anywhere; it often is the whole secret, so that no error may name it. */
async function ask({ config, log }: DeadManDeps, url: string): Promise<void> {
  const authorization = config.DEADMAN_AUTHORIZATION;
  try {
    const answer = await fetch(url, {
      headers: authorization === undefined ? {} : { authorization },
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    await answer.body?.cancel();
    if (!answer.ok) {
      log.warn({ status: answer.status }, "the outside watcher refused the heartbeat");
    }
  } catch (err) {
    log.warn({ cause: err instanceof Error ? err.name : "unknown" }, "the outside watcher did not answer");
  }
}
