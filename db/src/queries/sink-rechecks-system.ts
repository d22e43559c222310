/** Sinks that are asked, without anybody seeing it, whether they are still there. */
import type { SinkKind } from "@alivemcp/core/sink-kind";
import type pg from "pg";
import { IS_TOLD } from "./incidents-system.ts";

export interface SinkToRecheck {
  readonly id: string;
  readonly tenantId: string;
  readonly tenantSlug: string;
  readonly kind: SinkKind;
  readonly name: string;
  readonly version: number;
  readonly sealed: unknown;
  readonly sealingKeyId: string;
}

const RECHECK_EVERY = "interval '7 days'";

/** Verified sinks of these kinds that were not proven, asked or reached for a week, the longest ago first. */
export async function listSinksToRecheck(
  pool: pg.Pool,
  input: { readonly kinds: readonly SinkKind[]; readonly atMs: number; readonly limit: number },
): Promise<readonly SinkToRecheck[]> {
  const { rows } = await pool.query<SinkToRecheck>(
    `SELECT s.id, s.tenant_id AS "tenantId", w.slug AS "tenantSlug", s.kind, s.name, s.version, s.sealed,
       s.sealing_key_id AS "sealingKeyId"
     FROM sink s JOIN tenants w ON w.id = s.tenant_id AND ${IS_TOLD}
     WHERE s.state = 'verified' AND s.kind = ANY($1)
       AND coalesce(s.reverify_at, s.verified_at + ${RECHECK_EVERY}, s.created_at) <= $2
     ORDER BY coalesce(s.reverify_at, s.verified_at, s.created_at), s.id LIMIT $3`,
    [input.kinds, new Date(input.atMs), input.limit],
  );
  return rows;
}

/** Says when a sink is asked next, unless it was changed meanwhile; false then. */
export async function scheduleRecheck(
  client: pg.ClientBase,
  input: { readonly sinkId: string; readonly version: number; readonly atMs: number },
): Promise<boolean> {
  const { rowCount } = await client.query(
    "UPDATE sink SET reverify_at = $3 WHERE id = $1 AND version = $2 AND state = 'verified'",
    [input.sinkId, input.version, new Date(input.atMs)],
  );
  return rowCount === 1;
}
