import { regionKey } from "@alivemcp/core/pipeline";
import { mergeWorkerBeat, REGION_HEARTBEAT_LIFE_MS } from "@alivemcp/core/region-heartbeat";
import type { Clock } from "@alivemcp/runtime/clock";
import type { Logger } from "@alivemcp/runtime/logger";
import type { Redis } from "@alivemcp/runtime/redis";
import type { RegionSpec } from "@alivemcp/runtime/regions";
import type { ProbeFleet } from "./probe-fleet.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

interface SelfCheckDeps {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: WorkerMetrics;
  readonly fleet: Pick<ProbeFleet, "selfCheck">;
  readonly workerId: string;
  readonly version: string;
}

/**
 * What this worker knows of its own sight in a region. `unproven`: just started, nothing reached yet; its jobs had
 * better wait a moment. `failed`: its findings are not to be trusted.
 */
export type Sight = "unproven" | "passed" | "failed";

export interface SelfChecks {
  sightOf(region: string): Sight;
  /** Begins the checks that are due; each writes its region's heartbeat when it ends. */
  run(): void;
}

const CHECK_EVERY_MS = 30_000;
/** After a failure: 1, 2, 4 … s, so that a region votes again soon after it recovered. */
const CHECK_FAILED_AFTER_MS = 1_000;
/** How often `run` is to be called. */
export const SELF_CHECK_TICK_MS = 1_000;

interface RegionSight {
  sight: Sight;
  dueAtMs: number;
  failures: number;
  isChecking: boolean;
}

/**
 * Asks before anybody else does whether this worker sees the world: each region's canary URLs are fetched by a child,
 * through the same guarded dial as probes. Without any answer the region's findings become `unknown` and its heartbeat
 * says so. No child to ask means no heartbeat: silence is the honest answer.
 *
 * During the first `provingMs` a failure proves nothing yet: where everything is started at once, the canary may
 * still be on its way.
 */
export function createSelfChecks(
  deps: SelfCheckDeps,
  input: { readonly regions: readonly RegionSpec[]; readonly provingMs: number },
): SelfChecks {
  const provenByMs = deps.clock.nowMs() + input.provingMs;
  const sights = new Map<string, RegionSight>(
    input.regions.map(({ id }) => [id, { sight: "unproven", dueAtMs: 0, failures: 0, isChecking: false }]),
  );

  const note = (id: string, state: RegionSight, isOk: boolean) => {
    const nowMs = deps.clock.nowMs();
    const before = state.sight;
    Object.assign(state, nextSight(state, isOk, nowMs, provenByMs));
    deps.metrics.selfCheckOk.set({ region: id }, isOk ? 1 : 0);
    if (state.sight !== before) {
      deps.log[isOk ? "info" : "error"](
        { region: id, sight: state.sight },
        "self-check of the region turned",
      );
    }
  };
  const beat = async (id: string, isSelfCheckOk: boolean) => {
    const nowMs = deps.clock.nowMs();
    const line = { workerId: deps.workerId, atMs: nowMs, isSelfCheckOk, version: deps.version };
    const value = mergeWorkerBeat(await deps.redis.get(regionKey(id)), line, nowMs);
    await deps.redis.set(regionKey(id), value, "PX", REGION_HEARTBEAT_LIFE_MS);
  };
  const check = async ({ id, canaryUrls }: RegionSpec, state: RegionSight) => {
    state.isChecking = true;
    try {
      const isOk = await deps.fleet.selfCheck(canaryUrls);
      if (isOk !== null) {
        note(id, state, isOk);
        await beat(id, isOk);
      }
    } catch (err) {
      deps.log.warn({ err, region: id }, "heartbeat not written");
    }
    state.isChecking = false;
  };
  return {
    sightOf: (region) => sights.get(region)?.sight ?? "failed",
    run() {
      const nowMs = deps.clock.nowMs();
      for (const spec of input.regions) {
        const state = sights.get(spec.id);
        if (state && !state.isChecking && state.dueAtMs <= nowMs) {
          void check(spec, state);
        }
      }
    },
  };
}

function nextSight(
  state: Pick<RegionSight, "sight" | "failures">,
  isOk: boolean,
  nowMs: number,
  provenByMs: number,
): Pick<RegionSight, "sight" | "failures" | "dueAtMs"> {
  if (isOk) {
    return { sight: "passed", failures: 0, dueAtMs: nowMs + CHECK_EVERY_MS };
  }
  const pauseMs = Math.min(CHECK_FAILED_AFTER_MS * 2 ** state.failures, CHECK_EVERY_MS);
  return {
    sight: state.sight === "unproven" && nowMs < provenByMs ? "unproven" : "failed",
    failures: state.failures + 1,
    dueAtMs: nowMs + pauseMs,
  };
}
