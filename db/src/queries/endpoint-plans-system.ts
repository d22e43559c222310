import type { EndpointPlan } from "@alivemcp/core/endpoint-plan";
import type pg from "pg";
import {
  type EndpointPlanRow,
  endpointPlanOfRow,
  IS_WATCHED,
  SELECT_ENDPOINT_PLAN,
} from "./endpoint-plan-row.ts";

export interface EndpointPlansRead {
  readonly plans: readonly EndpointPlan[];
  /** Endpoints among the changed ones that are not to be probed: paused, or their owner is suspended or leaves. */
  readonly pausedIds: readonly string[];
  /** Endpoints to be probed in all. A reader that has another number after applying the changes missed a deletion. */
  readonly watchedCount: number;
  /** The database's clock at this read; ask for changes since a while before it, for transactions then still open. */
  readonly readAtMs: number;
}

/**
 * Endpoints of all tenants as they are probed: every one, or those whose row, memory, tool lists, followers or
 * owner changed since an instant. One consistent snapshot. Leans on the indexes `…_by_update` and `…_by_belief`.
 */
export async function listEndpointPlans(
  pool: pg.Pool,
  input: { changedSinceMs: number | null },
): Promise<EndpointPlansRead> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const counted = await client.query<{ watched: number; read_at: Date }>(
      `SELECT count(*)::int AS watched, now() AS read_at FROM endpoints e WHERE ${IS_WATCHED}`,
    );
    const rows = await readRows(client, input.changedSinceMs);
    await client.query("COMMIT");
    return {
      plans: rows.filter((row) => row.is_watched).map(endpointPlanOfRow),
      pausedIds: rows.filter((row) => !row.is_watched).map((row) => row.id),
      watchedCount: counted.rows[0]?.watched ?? 0,
      readAtMs: counted.rows[0]?.read_at.getTime() ?? 0,
    };
  } catch (err) {
    await client.query("ROLLBACK").catch(() => {});
    throw err;
  } finally {
    client.release();
  }
}

const CHANGED_SINCE = `WHERE e.id IN (
  SELECT id FROM endpoints WHERE updated_at >= $1
  UNION SELECT endpoint_id FROM endpoint_memory WHERE updated_at >= $1
  UNION SELECT endpoint_id FROM endpoint_region_tool_list WHERE believed_at >= $1
  UNION SELECT o.id FROM tenants t JOIN endpoints o ON o.tenant_id = t.id WHERE t.updated_at >= $1 AND t.kind = 'customer'
  UNION SELECT w.endpoint_id FROM tenants t JOIN follow w ON w.tenant_id = t.id WHERE t.updated_at >= $1)`;

async function readRows(
  client: pg.ClientBase,
  changedSinceMs: number | null,
): Promise<readonly EndpointPlanRow[]> {
  const { rows } =
    changedSinceMs === null
      ? await client.query<EndpointPlanRow>(`${SELECT_ENDPOINT_PLAN} WHERE ${IS_WATCHED}`)
      : await client.query<EndpointPlanRow>(`${SELECT_ENDPOINT_PLAN} ${CHANGED_SINCE}`, [
          new Date(changedSinceMs),
        ]);
  return rows;
}

/** Plans of the given endpoints, paused ones too; ids that are gone are left out. In no order. */
export async function listEndpointPlansById(
  pool: pg.Pool,
  ids: readonly string[],
): Promise<readonly EndpointPlan[]> {
  const { rows } = await pool.query<EndpointPlanRow>(`${SELECT_ENDPOINT_PLAN} WHERE e.id = ANY($1::uuid[])`, [
    ids,
  ]);
  return rows.map(endpointPlanOfRow);
}
