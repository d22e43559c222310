import { judgeSinkHealth } from "@alivemcp/core/judge-sink-health";
import { SINK_KINDS } from "@alivemcp/core/sink-kind";
import {
  listSinksToRecheck,
  type SinkToRecheck,
  scheduleRecheck,
} from "@alivemcp/db/queries/sink-rechecks-system";
import { disableSink } from "@alivemcp/db/queries/sinks-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import { openSettings, type SealedSettings } from "@alivemcp/runtime/sink-keys";
import type { SendOutcome } from "@alivemcp/sinks/sink-client";
import { sinkClientOf } from "@alivemcp/sinks/sink-clients";
import type { DeliverDeps } from "../deliver/deliver-deps.ts";
import { noticeSinkDisabled } from "../deliver/notice-sink-disabled.ts";

export type RecheckDeps = Pick<DeliverDeps, "pool" | "clock" | "log" | "sinkKeys" | "sinkDeps" | "appUrl">;

/** In one round; a round comes every ten minutes, which is enough for 70,000 sinks a week. */
const SINKS_MAX = 100;
const WEEK_MS = 7 * 86_400_000;
/** Who could not be asked is asked again then. */
const AGAIN_AFTER_MS = 6 * 3_600_000;

/**
 * Asks sinks whether they are still there, once a week, where their kind can be asked without anybody seeing it. One that
 * says no for good is disabled and its owner told through another. Nothing is held while a sink is asked: a crash asks it
 * again, which does no harm, and what was changed meanwhile stays as it is.
 */
export async function recheckSinks(
  deps: RecheckDeps,
): Promise<{ readonly asked: number; readonly disabled: number }> {
  const sinks = await listSinksToRecheck(deps.pool, {
    kinds: SINK_KINDS.filter((kind) => sinkClientOf(kind)?.recheck),
    atMs: deps.clock.nowMs(),
    limit: SINKS_MAX,
  });
  let disabled = 0;
  for (const sink of sinks) {
    const outcome = await ask(deps, sink);
    disabled += Number(await settle(deps, sink, outcome));
  }
  return { asked: sinks.length, disabled };
}

/** Null: it cannot be asked now, for its settings cannot be read. */
async function ask(deps: RecheckDeps, sink: SinkToRecheck): Promise<SendOutcome | null> {
  const { tenantId, id: sinkId, version, sealed, sealingKeyId } = sink;
  const settings = openSettings(deps.sinkKeys, {
    sealed: sealed as SealedSettings["sealed"],
    sealingKeyId,
    tenantId,
    sinkId,
    version,
  });
  const recheck = sinkClientOf(sink.kind)?.recheck;
  return settings === null || !recheck ? null : recheck(deps.sinkDeps, settings);
}

async function settle(deps: RecheckDeps, sink: SinkToRecheck, outcome: SendOutcome | null): Promise<boolean> {
  const atMs = deps.clock.nowMs();
  const health =
    outcome === null
      ? null
      : judgeSinkHealth(
          {
            outcome: outcome.kind,
            isSinkDead: outcome.kind === "permanent" && outcome.isSinkDead,
            isRecheck: true,
            failuresInARow: 0,
            failingSinceMs: null,
          },
          atMs,
        );
  return inTransaction(deps.pool, async (client) => {
    if (health?.kind === "disable") {
      const reason = health.reason;
      const isDisabled = await disableSink(client, { sinkId: sink.id, version: sink.version, reason, atMs });
      if (isDisabled) {
        await noticeSinkDisabled(deps, client, { delivery: { ...sink, sink }, reason, atMs });
      }
      return isDisabled;
    }
    const nextAtMs = atMs + (outcome?.kind === "sent" ? WEEK_MS : AGAIN_AFTER_MS);
    await scheduleRecheck(client, { sinkId: sink.id, version: sink.version, atMs: nextAtMs });
    return false;
  });
}
