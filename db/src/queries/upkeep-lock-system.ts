import type pg from "pg";

/** First key of our advisory locks of upkeep; the second is the hash of the task's name. */
const UPKEEP_LOCKS = 4_612_004;

/** Takes the lock of a task for this session, or answers null when another session has it. It ends with the connection. */
export async function tryUpkeepLock(
  client: pg.ClientBase,
  task: string,
): Promise<{ release(): Promise<void> } | null> {
  const { rows } = await client.query<{ is_taken: boolean }>(
    "SELECT pg_try_advisory_lock($1, hashtext($2)) AS is_taken",
    [UPKEEP_LOCKS, task],
  );
  if (rows[0]?.is_taken !== true) {
    return null;
  }
  return {
    async release() {
      await client.query("SELECT pg_advisory_unlock($1, hashtext($2))", [UPKEEP_LOCKS, task]);
    },
  };
}
