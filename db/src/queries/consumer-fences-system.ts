import type pg from "pg";

/**
 * Proves, inside the caller's transaction, that its lease of a shard is still the newest: `held` locks the row until
 * commit, so an older holder waits and then learns that it is `stale`. A stale caller must roll back.
 */
export async function holdConsumerFence(
  client: pg.ClientBase,
  lease: { consumerGroup: string; shard: string; fence: number },
): Promise<"held" | "stale"> {
  const { rowCount } = await client.query(
    `INSERT INTO consumer_fence AS f (consumer_group, shard, fence) VALUES ($1, $2, $3)
     ON CONFLICT (consumer_group, shard) DO UPDATE SET fence = excluded.fence, updated_at = now()
       WHERE f.fence <= excluded.fence`,
    [lease.consumerGroup, lease.shard, lease.fence],
  );
  return rowCount === 1 ? "held" : "stale";
}

/** Notes how far a shard's stream is in Postgres; never moves back. */
export async function advanceConsumerWatermark(
  client: pg.ClientBase,
  input: { consumerGroup: string; shard: string; watermarkAtMs: number },
): Promise<void> {
  await client.query(
    `UPDATE consumer_fence SET watermark_at = greatest(watermark_at, $3), updated_at = now()
     WHERE consumer_group = $1 AND shard = $2`,
    [input.consumerGroup, input.shard, new Date(input.watermarkAtMs)],
  );
}

/** Watermarks of a group by shard, epoch ms. */
export async function listConsumerWatermarks(
  pool: pg.Pool,
  consumerGroup: string,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ shard: string; watermark_at: Date }>(
    "SELECT shard, watermark_at FROM consumer_fence WHERE consumer_group = $1 AND watermark_at IS NOT NULL",
    [consumerGroup],
  );
  return new Map(rows.map((row) => [row.shard, row.watermark_at.getTime()]));
}

/**
 * Takes the next fence number of a shard for a new lease of a consumer group: from now on every older holder is
 * `stale`. Numbers only grow, whatever becomes of Redis.
 */
export async function claimConsumerFence(
  pool: pg.Pool,
  input: { consumerGroup: string; shard: string },
): Promise<number> {
  const { rows } = await pool.query<{ fence: string }>(
    `INSERT INTO consumer_fence AS f (consumer_group, shard, fence) VALUES ($1, $2, 1)
     ON CONFLICT (consumer_group, shard) DO UPDATE SET fence = f.fence + 1, updated_at = now()
     RETURNING fence`,
    [input.consumerGroup, input.shard],
  );
  return Number(rows[0]?.fence);
}
