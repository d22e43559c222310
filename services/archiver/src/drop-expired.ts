import { deleteExpiredDriftEvents } from "@alivemcp/db/queries/drift-events-system";
import { deleteOldIdempotencyKeys } from "@alivemcp/db/queries/idempotency-keys-system";
import { deleteExpiredDays, dropExpiredPartitions } from "@alivemcp/db/queries/partitions-system";
import { deleteUnusedToolLists } from "@alivemcp/db/queries/tool-lists-system";
import type { Deps } from "./deps.ts";

type DropDeps = Pick<Deps, "upkeepPool" | "clock" | "log" | "metrics" | "partitions">;

const ROWS_PER_STEP = 5_000;
const STEPS_MAX = 100;
const UNUSED_LIST_AGE_MS_MIN = 86_400_000;
/** A request may be repeated under its `Idempotency-Key` for a day. */
const IDEMPOTENCY_KEY_LIFE_MS = 86_400_000;

/**
 * Drops what nobody's plan keeps any longer. Partitions first in a dry run that names them in the log; then for real,
 * giving up at the first one that somebody still reads, until the next run.
 */
export async function dropExpired(deps: DropDeps): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const planned = await dropExpiredPartitions(deps.upkeepPool, { nowMs, isDryRun: true });
  if (planned.kind === "would-drop" && planned.names.length > 0) {
    deps.log.info({ partitions: planned.names }, "expired partitions, about to be dropped");
    const outcome = await dropExpiredPartitions(deps.upkeepPool, { nowMs, isDryRun: false });
    deps.partitions.forget();
    if (outcome.kind === "still-read") {
      deps.log.warn(
        { retentionClass: outcome.retentionClass },
        "expired partitions are still read, left for later",
      );
    } else {
      deps.metrics.dropped.inc(outcome.names.length);
    }
  }
  const limit = ROWS_PER_STEP;
  const olderThanMs = nowMs - UNUSED_LIST_AGE_MS_MIN;
  await inSteps(() => deleteExpiredDays(deps.upkeepPool, { nowMs, limit }));
  await inSteps(() => deleteExpiredDriftEvents(deps.upkeepPool, { nowMs, limit }));
  await inSteps(() => deleteUnusedToolLists(deps.upkeepPool, { olderThanMs, limit }));
  await inSteps(() =>
    deleteOldIdempotencyKeys(deps.upkeepPool, { olderThanMs: nowMs - IDEMPOTENCY_KEY_LIFE_MS, limit }),
  );
}

/** Short transactions, as long as there is something left; what remains after so many waits for the next run. */
async function inSteps(deleteSome: () => Promise<number>): Promise<void> {
  for (let step = 0; step < STEPS_MAX; step += 1) {
    if ((await deleteSome()) < ROWS_PER_STEP) {
      return;
    }
  }
}
