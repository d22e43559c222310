import { isUuid } from "@alivemcp/core/uuid";
import type pg from "pg";
import { grantTenantScope, type TenantScope } from "../tenant-scope.ts";

/**
 * Whose a sink is, by the id that somebody from outside names, before anything is proven; null when there is none. Runs
 * as `identity`. Whoever asks holds a secret of the sink against it before anything is done.
 */
export async function findSinkScope(pool: pg.Pool, sinkId: string): Promise<TenantScope | null> {
  if (!isUuid(sinkId)) {
    return null;
  }
  const { rows } = await pool.query<{ tenant_id: string }>({
    name: "find-sink-tenant",
    text: "SELECT tenant_id FROM sink WHERE id = $1",
    values: [sinkId],
  });
  return rows[0] ? grantTenantScope(rows[0].tenant_id, "channel") : null;
}
