/** How alerting itself does, over all workspaces, and what upkeep remembers. */
import type pg from "pg";

export interface SendingFigures {
  /** Tries since an instant. */
  readonly sends: number;
  /** Those that the receiver may still take; a refusal for good is its own business. */
  readonly sendsFailed: number;
  /** Sinks that these failures are of. */
  readonly sinksFailed: number;
  /** How long the message waits that is due for longest and behind no other of its thread; 0: none is. */
  readonly oldestDueMs: number;
}

/** Leans on `delivery_attempt_by_time` and `delivery_due`. */
export async function readSendingFigures(
  pool: pg.Pool,
  input: { readonly atMs: number; readonly sinceMs: number },
): Promise<SendingFigures> {
  const { rows } = await pool.query<SendingFigures>(
    `SELECT t.sends, t."sendsFailed", t."sinksFailed",
       coalesce(extract(epoch FROM $1::timestamptz - w.oldest) * 1000, 0)::float8 AS "oldestDueMs"
     FROM (SELECT count(*)::int AS sends, count(*) FILTER (WHERE a.outcome = 'retryable')::int AS "sendsFailed",
         count(DISTINCT d.sink_id) FILTER (WHERE a.outcome = 'retryable')::int AS "sinksFailed"
       FROM delivery_attempt a JOIN delivery d ON d.id = a.delivery_id WHERE a.at >= $2 AND a.at <= $1) t,
       (SELECT min(d.due_at) AS oldest FROM delivery d WHERE d.state = 'pending' AND d.due_at <= $1
         AND NOT EXISTS (SELECT FROM delivery o WHERE o.sink_id = d.sink_id AND o.dedup_key = d.dedup_key
           AND o.seq < d.seq AND o.state = 'pending')) w`,
    [new Date(input.atMs), new Date(input.sinceMs)],
  );
  return rows[0] ?? { sends: 0, sendsFailed: 0, sinksFailed: 0, oldestDueMs: 0 };
}

/** What a task remembers, locked until commit; null: nothing yet. Whoever else asks for it waits. */
export async function lockUpkeepMemory(
  client: pg.ClientBase,
  input: { readonly task: string; readonly atMs: number },
): Promise<unknown> {
  await client.query(
    "INSERT INTO upkeep_memory (task, memory, updated_at) VALUES ($1, 'null', $2) ON CONFLICT (task) DO NOTHING",
    [input.task, new Date(input.atMs)],
  );
  const { rows } = await client.query<{ memory: unknown }>(
    "SELECT memory FROM upkeep_memory WHERE task = $1 FOR UPDATE",
    [input.task],
  );
  return rows[0]?.memory ?? null;
}

export async function saveUpkeepMemory(
  client: pg.ClientBase | pg.Pool,
  input: { readonly task: string; readonly memory: unknown; readonly atMs: number },
): Promise<void> {
  await client.query(
    `INSERT INTO upkeep_memory (task, memory, updated_at) VALUES ($1, $2, $3)
     ON CONFLICT (task) DO UPDATE SET memory = excluded.memory, updated_at = excluded.updated_at`,
    [input.task, JSON.stringify(input.memory), new Date(input.atMs)],
  );
}

/** The id of a workspace by its slug; null when there is none. */
export async function findWorkspaceId(client: pg.ClientBase, slug: string): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>("SELECT id FROM tenants WHERE slug = $1", [slug]);
  return rows[0]?.id ?? null;
}
