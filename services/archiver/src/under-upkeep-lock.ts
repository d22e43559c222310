import { tryUpkeepLock } from "@alivemcp/db/queries/upkeep-lock-system";
import type { Pool } from "@alivemcp/runtime/postgres";

/** Runs a task unless another archiver is at it; a crash frees the lock with its connection. Answers whether it ran. */
export async function underUpkeepLock(
  pool: Pool,
  task: string,
  run: () => Promise<unknown>,
): Promise<boolean> {
  const client = await pool.connect();
  let isClean = false;
  try {
    const lock = await tryUpkeepLock(client, task);
    if (lock === null) {
      isClean = true;
      return false;
    }
    await run();
    await lock.release();
    isClean = true;
    return true;
  } finally {
    client.release(!isClean);
  }
}
