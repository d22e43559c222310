import type pg from "pg";

/** Deletes up to `limit` requests that nobody may repeat any more; answers how many. Leans on `idempotency_key_by_age`. */
export async function deleteOldIdempotencyKeys(
  pool: pg.Pool,
  input: { readonly olderThanMs: number; readonly limit: number },
): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM idempotency_key WHERE (tenant_id, caller_id, key) IN (
       SELECT tenant_id, caller_id, key FROM idempotency_key WHERE started_at < $1 LIMIT $2)`,
    [new Date(input.olderThanMs), input.limit],
  );
  return rowCount ?? 0;
}
