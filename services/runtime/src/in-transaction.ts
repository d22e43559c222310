import type { Pool, PoolClient } from "./postgres.ts";

/** Runs `write` in one transaction of one connection: committed when it resolves, rolled back when it rejects. */
export async function inTransaction<T>(pool: Pool, write: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let isUsable = true;
  try {
    await client.query("BEGIN");
    const result = await write(client);
    await client.query("COMMIT");
    return result;
  } catch (err) {
    isUsable = await client.query("ROLLBACK").then(
      () => true,
      () => false,
    );
    throw err;
  } finally {
    client.release(!isUsable);
  }
}
