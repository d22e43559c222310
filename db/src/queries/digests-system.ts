/** What digests are made of, across tenants. */
import type { AlertSeverity } from "@alivemcp/core/alert-severity";
import type { PlanName } from "@alivemcp/core/plans";
import type { SinkKind } from "@alivemcp/core/sink-kind";
import type pg from "pg";
import { IS_TOLD } from "./incidents-system.ts";

const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;

/** A verified sink with messages that were folded and that no digest tells of yet. */
export interface FoldedSink {
  readonly tenantId: string;
  readonly sinkId: string;
  readonly kind: SinkKind;
  readonly workspaceSlug: string;
  readonly plan: PlanName;
  readonly oldestAtMs: number;
  /** One was folded for one of `urgentReasons`. */
  readonly hasPage: boolean;
  readonly lastDigestAtMs: number | null;
  /** Messages of the workspace that wait to be sent. */
  readonly pending: number;
}

/** Prefix of `alert_key` of hourly digests. */
export const HOURLY_DIGEST_KEY = "digest:hourly:";

/** Sinks with something folded for one of `reasons`, the longest waiting first. Leans on `delivery_to_fold`. */
export async function listFoldedSinks(
  pool: pg.Pool,
  input: {
    readonly reasons: readonly string[];
    readonly urgentReasons: readonly string[];
    readonly limit: number;
  },
): Promise<readonly FoldedSink[]> {
  const { rows } = await pool.query<FoldedSink>(
    `SELECT f.tenant_id AS "tenantId", f.sink_id AS "sinkId", s.kind, w.slug AS "workspaceSlug", w.plan,
       ${ms("f.oldest")} AS "oldestAtMs", f.has_page AS "hasPage",
       (SELECT ${ms("max(h.created_at)")} FROM delivery h
         WHERE h.sink_id = f.sink_id AND h.alert_key LIKE $3) AS "lastDigestAtMs",
       (SELECT count(*)::int FROM delivery p JOIN sink o ON o.id = p.sink_id
         WHERE o.tenant_id = f.tenant_id AND p.state = 'pending') AS pending
     FROM (SELECT d.tenant_id, d.sink_id, min(d.created_at) AS oldest, bool_or(d.reason = ANY($2)) AS has_page
       FROM delivery d WHERE d.state = 'folded' AND d.digest_id IS NULL AND d.reason = ANY($1)
       GROUP BY d.tenant_id, d.sink_id) f
     JOIN sink s ON s.id = f.sink_id AND s.state = 'verified'
     JOIN tenants w ON w.id = f.tenant_id AND ${IS_TOLD}
     ORDER BY f.oldest LIMIT $4`,
    [input.reasons, input.urgentReasons, `${HOURLY_DIGEST_KEY}%`, input.limit],
  );
  return rows;
}

export interface FoldedDeliveryRow {
  readonly title: string;
  readonly severity: AlertSeverity | null;
  readonly atMs: number;
  readonly url: string | null;
}

/** Folded messages of one sink, P1 first, then newest; `total` counts them all. To be read under the tenant's lock. */
export async function listFoldedDeliveries(
  client: pg.ClientBase,
  input: { readonly sinkId: string; readonly reasons: readonly string[]; readonly limit: number },
): Promise<{ readonly rows: readonly FoldedDeliveryRow[]; readonly total: number }> {
  const { rows } = await client.query<FoldedDeliveryRow & { readonly total: number }>(
    `SELECT coalesce(d.message ->> 'title', d.event) AS title, d.severity, ${ms("d.created_at")} AS "atMs",
       d.message #>> '{links,0,url}' AS url, count(*) OVER ()::int AS total
     FROM delivery d
     WHERE d.sink_id = $1 AND d.state = 'folded' AND d.digest_id IS NULL AND d.reason = ANY($2)
     ORDER BY d.severity = 'P1' DESC NULLS LAST, d.created_at DESC, d.id LIMIT $3`,
    [input.sinkId, input.reasons, input.limit],
  );
  return {
    rows: rows.map(({ total: _, ...row }) => row),
    total: rows[0]?.total ?? 0,
  };
}

/** Writes which digest tells of everything folded at this sink so far. */
export async function markDigested(
  client: pg.ClientBase,
  input: { readonly sinkId: string; readonly reasons: readonly string[]; readonly digestId: string },
): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE delivery SET digest_id = $3 WHERE sink_id = $1 AND state = 'folded' AND digest_id IS NULL
       AND reason = ANY($2)`,
    [input.sinkId, input.reasons, input.digestId],
  );
  return rowCount ?? 0;
}

export interface WeeklyTenant {
  readonly tenantId: string;
  readonly workspaceSlug: string;
  readonly timeZone: string;
  readonly createdAtMs: number;
  /** Null: never looked at. */
  readonly lookedAtMs: number | null;
}

/** Workspaces whose week was not looked at since an instant, after an id, in the order of ids. */
export async function listWeeklyTenants(
  pool: pg.Pool,
  input: { readonly lookedBeforeMs: number; readonly afterId: string; readonly limit: number },
): Promise<readonly WeeklyTenant[]> {
  const { rows } = await pool.query<WeeklyTenant>(
    `SELECT w.id AS "tenantId", w.slug AS "workspaceSlug", w.time_zone AS "timeZone",
       ${ms("w.created_at")} AS "createdAtMs", ${ms("m.weekly_due_at")} AS "lookedAtMs"
     FROM tenants w LEFT JOIN digest_mark m ON m.tenant_id = w.id
     WHERE ${IS_TOLD} AND (m.weekly_due_at IS NULL OR m.weekly_due_at <= $1) AND w.id > $2
     ORDER BY w.id LIMIT $3`,
    [new Date(input.lookedBeforeMs), input.afterId, input.limit],
  );
  return rows;
}

/** Takes a workspace's week into one hand; false when it was looked at already. */
export async function claimWeek(
  client: pg.ClientBase,
  input: { readonly tenantId: string; readonly dueAtMs: number },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO digest_mark (tenant_id, weekly_due_at) VALUES ($1, $2)
     ON CONFLICT (tenant_id) DO UPDATE SET weekly_due_at = excluded.weekly_due_at
     WHERE digest_mark.weekly_due_at < excluded.weekly_due_at`,
    [input.tenantId, new Date(input.dueAtMs)],
  );
  return rowCount === 1;
}

export interface TenantWeek {
  readonly small: readonly {
    readonly event: string;
    readonly endpointName: string | null;
    readonly atMs: number;
  }[];
  readonly smallTotal: number;
  readonly incidents: number;
  readonly endpoints: readonly {
    readonly name: string;
    readonly goodMinutes: number;
    /** Without `unknown` and maintenance. */
    readonly countedMinutes: number;
  }[];
}

/** What happened to a workspace within seven days; uptime over the whole UTC days in them. */
export async function readTenantWeek(
  client: pg.ClientBase,
  input: { readonly tenantId: string; readonly untilMs: number; readonly smallLimit: number },
): Promise<TenantWeek> {
  const [from, until] = [new Date(input.untilMs - 7 * 86_400_000), new Date(input.untilMs)];
  const { rows: small } = await client.query<TenantWeek["small"][number] & { readonly total: number }>(
    `SELECT d.event, e.name AS "endpointName", ${ms("d.at")} AS "atMs", count(*) OVER ()::int AS total
     FROM (SELECT DISTINCT ON (alert_key) event, endpoint_id, at FROM alert_decision
       WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND severity = 'P4' ORDER BY alert_key, at) d
     LEFT JOIN endpoints e ON e.id = d.endpoint_id
     ORDER BY d.at DESC LIMIT $4`,
    [input.tenantId, from, until, input.smallLimit],
  );
  const { rows: counts } = await client.query<{ incidents: number }>(
    `SELECT count(*)::int AS incidents FROM incident_tenant t JOIN incident i ON i.id = t.incident_id
     WHERE t.tenant_id = $1 AND t.created_at >= $2 AND t.created_at < $3 AND i.simulated_for IS NULL`,
    [input.tenantId, from, until],
  );
  const { rows: endpoints } = await client.query<TenantWeek["endpoints"][number]>(
    `SELECT e.name, coalesce(sum(p.up_minutes + p.degraded_minutes + p.auth_walled_minutes), 0)::int AS "goodMinutes",
       coalesce(sum(p.up_minutes + p.degraded_minutes + p.auth_walled_minutes + p.down_minutes), 0)::int AS "countedMinutes"
     FROM endpoints e
     LEFT JOIN probe_day p ON p.endpoint_number = e.number
       AND p.day >= ($2::timestamptz AT TIME ZONE 'UTC')::date AND p.day < ($3::timestamptz AT TIME ZONE 'UTC')::date
     WHERE (e.tenant_id = $1 AND e.paused_at IS NULL)
       OR e.id IN (SELECT f.endpoint_id FROM follow f WHERE f.tenant_id = $1 AND f.paused_at IS NULL)
     GROUP BY e.id, e.name ORDER BY e.name, e.id`,
    [input.tenantId, from, until],
  );
  return {
    small: small.map(({ total: _, ...row }) => row),
    smallTotal: small[0]?.total ?? 0,
    incidents: counts[0]?.incidents ?? 0,
    endpoints,
  };
}

/** Where messages of one severity of a workspace go that are about no endpoint. */
export interface WorkspaceSink {
  readonly tenantId: string;
  readonly sinkId: string;
  readonly kind: SinkKind;
  readonly workspaceSlug: string;
  /** Messages of the workspace that wait to be sent. */
  readonly pending: number;
}

/**
 * The verified sinks of enabled rules that ask for the severity; of a workspace without such, its default sink. In the
 * order of workspaces, then as sinks were made.
 */
export async function listWorkspaceSinks(
  client: pg.ClientBase,
  input: { readonly tenantIds: readonly string[]; readonly severity: AlertSeverity },
): Promise<readonly WorkspaceSink[]> {
  const { rows } = await client.query<WorkspaceSink>(
    `WITH asked AS (
       SELECT DISTINCT s.id FROM alert_rule r JOIN sink s ON s.tenant_id = r.tenant_id AND s.id = ANY(r.sink_ids)
       WHERE r.tenant_id = ANY($1::uuid[]) AND r.is_enabled AND $2 = ANY(r.severities) AND s.state = 'verified')
     SELECT s.tenant_id AS "tenantId", s.id AS "sinkId", s.kind, w.slug AS "workspaceSlug",
       (SELECT count(*)::int FROM delivery d JOIN sink o ON o.id = d.sink_id
         WHERE o.tenant_id = w.id AND d.state = 'pending') AS pending
     FROM sink s JOIN tenants w ON w.id = s.tenant_id AND ${IS_TOLD}
     WHERE s.tenant_id = ANY($1::uuid[]) AND s.state = 'verified' AND (s.id IN (SELECT id FROM asked)
       OR (s.is_default AND NOT EXISTS (SELECT FROM sink o JOIN asked a ON a.id = o.id WHERE o.tenant_id = s.tenant_id)))
     ORDER BY s.tenant_id, s.created_at, s.id`,
    [input.tenantIds, input.severity],
  );
  return rows;
}
