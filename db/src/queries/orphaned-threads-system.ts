import type { IncidentSeverity } from "@alivemcp/core/alert-severity";
import type { SinkKind } from "@alivemcp/core/sink-kind";
import type pg from "pg";

/** An incident that ended because its endpoint was deleted, at one sink that was told of it. */
export interface OrphanedThread {
  readonly dedupKey: string;
  readonly tenantId: string;
  readonly endpointName: string;
  readonly endpointSlug: string;
  readonly severity: IncidentSeverity;
  readonly startedAtMs: number;
  readonly isSimulated: boolean;
  readonly endedAtMs: number;
  readonly sinkId: string;
  readonly kind: SinkKind;
  /** Messages of the tenant that wait to be sent. */
  readonly pending: number;
}

/**
 * Takes threads out of the table, the oldest first, one answer for each sink that is still verified. Two at once take
 * different ones; who rolls back leaves them.
 */
export async function takeOrphanedThreads(
  client: pg.ClientBase,
  input: { readonly limit: number },
): Promise<readonly OrphanedThread[]> {
  const { rows } = await client.query<OrphanedThread>(
    `WITH taken AS (
       DELETE FROM orphaned_thread WHERE dedup_key IN (
         SELECT dedup_key FROM orphaned_thread ORDER BY at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING *
     )
     SELECT t.dedup_key AS "dedupKey", t.tenant_id AS "tenantId", t.endpoint_name AS "endpointName",
       t.endpoint_slug AS "endpointSlug", t.severity, t.is_simulated AS "isSimulated", s.id AS "sinkId", s.kind,
       (extract(epoch FROM t.started_at) * 1000)::float8 AS "startedAtMs",
       (extract(epoch FROM t.at) * 1000)::float8 AS "endedAtMs",
       (SELECT count(*)::int FROM delivery d WHERE d.tenant_id = t.tenant_id AND d.state = 'pending') AS pending
     FROM taken t JOIN sink s ON s.id = ANY(t.sink_ids) AND s.tenant_id = t.tenant_id AND s.state = 'verified'
     ORDER BY t.at, s.id`,
    [input.limit],
  );
  return rows;
}
