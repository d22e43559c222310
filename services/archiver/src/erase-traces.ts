import { endpointOfKey } from "@alivemcp/core/erasure-keys";
import { unsealedKey } from "@alivemcp/core/pipeline";
import { shardOf } from "@alivemcp/core/shard";
import { tablesErased } from "@alivemcp/db/erasure-list";
import {
  type ErasedEndpoint,
  eraseProbeRows,
  forgetErasedEndpoint,
} from "@alivemcp/db/queries/erasure-system";
import type { Deps } from "./deps.ts";

type TraceDeps = Pick<Deps, "upkeepPool" | "redis">;

const ROWS_PER_STEP = 20_000;
/** 400 days of minutes are 29 steps. */
const STEPS_MAX = 100;
const KEYS_PER_SCAN = 2_000;
/** Twenty million keys; a cursor that does not end is an error, not a reason to go on for ever. */
const SCANS_MAX = 10_000;

/**
 * Deletes what endpoints that are gone left in Redis and in the tables that know them by number. An endpoint is done,
 * and counted, when a pass found nothing of it: what a straggler wrote behind our back goes in the next run.
 */
export async function eraseTraces(deps: TraceDeps, gone: readonly ErasedEndpoint[]): Promise<number> {
  if (gone.length === 0) {
    return 0;
  }
  const keys = await eraseKeys(deps, gone);
  let done = 0;
  for (const endpoint of gone) {
    const rows = await eraseRows(deps, endpoint);
    if (rows === 0 && !keys.has(endpoint.endpointId)) {
      await forgetErasedEndpoint(deps.upkeepPool, endpoint.endpointId);
      done += 1;
    }
  }
  return done;
}

async function eraseRows({ upkeepPool }: TraceDeps, { endpointNumber }: ErasedEndpoint): Promise<number> {
  let erased = 0;
  for (const table of tablesErased("after-endpoint")) {
    for (let step = 0; step < STEPS_MAX; step += 1) {
      const rows = await eraseProbeRows(upkeepPool, { table, endpointNumber, limit: ROWS_PER_STEP });
      erased += rows;
      if (rows < ROWS_PER_STEP) {
        break;
      }
    }
  }
  return erased;
}

/** One walk over all keys for all of these endpoints; answers of which ones something was found. */
async function eraseKeys(deps: TraceDeps, gone: readonly ErasedEndpoint[]): Promise<ReadonlySet<string>> {
  const { redis } = deps;
  const wanted = new Set(gone.map(({ endpointId }) => endpointId));
  const found = new Set<string>();
  await scanAll(async (cursor) => {
    const [next, keys] = await redis.scan(cursor, "MATCH", "*:{s*}:*", "COUNT", KEYS_PER_SCAN);
    for (const key of keys) {
      const endpointId = endpointOfKey(key) ?? "";
      if (wanted.has(endpointId)) {
        found.add(endpointId);
        await redis.unlink(key);
      }
    }
    return next;
  });
  for (const shard of new Set(gone.map(({ endpointId }) => shardOf(endpointId)))) {
    await scanAll(async (cursor) => {
      const [next, pairs] = await redis.zscan(unsealedKey(shard), cursor, "COUNT", KEYS_PER_SCAN);
      // Members and scores take turns.
      for (const member of pairs.filter((_, index) => index % 2 === 0)) {
        const endpointId = member.split(":")[0] ?? "";
        if (wanted.has(endpointId)) {
          found.add(endpointId);
          await redis.zrem(unsealedKey(shard), member);
        }
      }
      return next;
    });
  }
  return found;
}

async function scanAll(step: (cursor: string) => Promise<string>): Promise<void> {
  let cursor = "0";
  for (let scan = 0; scan < SCANS_MAX; scan += 1) {
    cursor = await step(cursor);
    if (cursor === "0") {
      return;
    }
  }
  throw new Error(`no end after ${SCANS_MAX} scans`);
}
