/** Once a week every verified sink whose kind allows it is asked in silence whether it is still there. */
import { judgeSinkHealth } from "@alivemcp/core/judge-sink-health";
import { SINK_KINDS } from "@alivemcp/core/sink-kind";
import { disableSink, type SinkToRecheck, takeSinksToRecheck } from "@alivemcp/db/queries/sinks-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import { openSettings, type SealedSettings } from "@alivemcp/runtime/sink-keys";
import { sinkClientOf } from "@alivemcp/sinks/sink-clients";
import type { DeliverDeps } from "./deliver-deps.ts";
import { noticeSinkDisabled } from "./notice-sink-disabled.ts";
import { receiverOf } from "./receiver-of.ts";

type RecheckDeps = Pick<
  DeliverDeps,
  "appUrl" | "clock" | "gates" | "log" | "metrics" | "pool" | "sinkDeps" | "sinkKeys"
>;

export const RECHECK_EVERY_MS = 7 * 24 * 3_600_000;
/** Of one round; the rest is taken in the next, a minute later. */
const ROUND_MAX = 50;
const KINDS = SINK_KINDS.filter((kind) => sinkClientOf(kind)?.recheck);

/**
 * Asks the sinks whose week is over, one after the other. Only a clear no disables one, and its owner is told through
 * another; whatever may pass is asked again in a week, or shows when something is sent. Answers how many were asked.
 */
export async function recheckSinks(deps: RecheckDeps): Promise<number> {
  const sinks = await takeSinksToRecheck(deps.pool, {
    kinds: KINDS,
    atMs: deps.clock.nowMs(),
    everyMs: RECHECK_EVERY_MS,
    limit: ROUND_MAX,
  });
  for (const sink of sinks) {
    await recheck(deps, sink);
  }
  return sinks.length;
}

async function recheck(deps: RecheckDeps, sink: SinkToRecheck): Promise<void> {
  const bound = { ...sink, sinkId: sink.id } as typeof sink & { sinkId: string } & SealedSettings;
  const settings = openSettings(deps.sinkKeys, bound);
  const ask = sinkClientOf(sink.kind)?.recheck;
  const entrance = deps.gates.enter(receiverOf(sink, settings), deps.clock.nowMs());
  if (settings === null || !ask || entrance.kind === "held") {
    return;
  }
  const outcome = await ask(deps.sinkDeps, settings).catch(() => null);
  const atMs = deps.clock.nowMs();
  entrance.leave({ nowMs: atMs, hasFailed: false, quietMs: null });
  if (outcome === null) {
    return;
  }
  const health = judgeSinkHealth(
    {
      outcome: outcome.kind,
      isSinkDead: outcome.kind === "permanent" && outcome.isSinkDead,
      isRecheck: true,
      failuresInARow: sink.failuresInARow,
      failingSinceMs: sink.failingSinceMs,
    },
    atMs,
  );
  if (health.kind === "keep") {
    return;
  }
  const { reason } = health;
  const { tenantId, tenantSlug, id, kind, name, version } = sink;
  await inTransaction(deps.pool, async (client) => {
    if (await disableSink(client, { sinkId: id, version, reason, atMs })) {
      deps.metrics.sinksDisabled.inc({ kind, reason });
      deps.log.info({ sinkId: id, tenantId, kind, reason }, "sink disabled");
      await noticeSinkDisabled(deps, client, {
        delivery: { tenantId, tenantSlug, sink: { id, kind, name, version } },
        reason,
        atMs,
      });
    }
  });
}
