import type { PlanName } from "@alivemcp/core/plans";
import type { SinkKind, SinkState } from "@alivemcp/core/sink-kind";
import type pg from "pg";
import { IS_TOLD } from "./incidents-system.ts";

/** What a tenant wants to be told, as stored; `scope`, `hours`, `steps` and `recurrence` are core's to read. */
export interface StoredAlertPolicy {
  readonly tenantId: string;
  readonly plan: PlanName;
  readonly rules: readonly {
    readonly id: string;
    readonly severities: readonly string[];
    readonly scope: unknown;
    readonly hours: unknown;
    readonly sinkIds: readonly string[];
    readonly escalationPolicyId: string | null;
  }[];
  readonly sinks: readonly {
    readonly id: string;
    readonly kind: SinkKind;
    readonly state: SinkState;
    readonly isDefault: boolean;
  }[];
  readonly maintenanceWindows: readonly {
    readonly id: string;
    readonly name: string;
    readonly scope: unknown;
    readonly startsAtMs: number;
    readonly endsAtMs: number;
    readonly recurrence: unknown;
  }[];
  readonly escalationPolicies: readonly { readonly id: string; readonly steps: unknown }[];
  /** Messages about alerts since the given start of the day, those folded or cancelled left out. */
  readonly toldToday: number;
  /** Messages that wait to be sent now. */
  readonly pending: number;
}

/** First key of the advisory locks of tenants' alerting; any number that nothing else in this database uses. */
const TENANT_ALERTS_LOCK = 4_612_017;

/**
 * Makes everybody else wait until commit who wants to decide alerts of these tenants: budgets, groups and places in
 * the queue are counted by one transaction at a time, whichever shard or sweep it belongs to. Taken in one order, after
 * all row locks, so that two transactions never wait for each other.
 */
export async function lockTenantAlerts(client: pg.ClientBase, tenantIds: readonly string[]): Promise<void> {
  await client.query(
    `SELECT pg_advisory_xact_lock($1, key)
     FROM (SELECT DISTINCT hashtext(id) AS key FROM unnest($2::text[]) AS u (id) ORDER BY key) keys`,
    [TENANT_ALERTS_LOCK, tenantIds],
  );
}

/** Policies of these tenants; those that are to be told nothing are missing. One statement however many they are. */
export async function listAlertPolicies(
  client: pg.ClientBase,
  input: { readonly tenantIds: readonly string[]; readonly atMs: number; readonly dayStartMs: number },
): Promise<readonly StoredAlertPolicy[]> {
  const { rows } = await client.query<StoredAlertPolicy>(
    `SELECT w.id AS "tenantId", w.plan,
       (SELECT coalesce(json_agg(json_build_object('id', r.id, 'severities', r.severities, 'scope', r.scope,
           'hours', r.hours, 'sinkIds', r.sink_ids, 'escalationPolicyId', r.escalation_policy_id)
           ORDER BY r.position, r.id), '[]')
         FROM alert_rule r WHERE r.tenant_id = w.id AND r.is_enabled) AS rules,
       (SELECT coalesce(json_agg(json_build_object('id', s.id, 'kind', s.kind, 'state', s.state,
           'isDefault', s.is_default) ORDER BY s.created_at, s.id), '[]')
         FROM sink s WHERE s.tenant_id = w.id) AS sinks,
       (SELECT coalesce(json_agg(json_build_object('id', m.id, 'name', m.name, 'scope', m.scope,
           'startsAtMs', round(extract(epoch FROM m.starts_at) * 1000),
           'endsAtMs', round(extract(epoch FROM m.ends_at) * 1000), 'recurrence', m.recurrence)
           ORDER BY m.starts_at, m.id), '[]')
         FROM maintenance_window m
         WHERE m.tenant_id = w.id AND m.cancelled_at IS NULL AND (m.recurrence IS NOT NULL OR m.ends_at > $2)
       ) AS "maintenanceWindows",
       (SELECT coalesce(json_agg(json_build_object('id', p.id, 'steps', p.steps)), '[]')
         FROM escalation_policy p WHERE p.tenant_id = w.id) AS "escalationPolicies",
       (SELECT count(*)::int FROM delivery d WHERE d.tenant_id = w.id AND d.created_at >= $3 AND d.severity IS NOT NULL
         AND d.event NOT IN ('test', 'verification', 'digest', 'notice') AND d.state NOT IN ('folded', 'cancelled')
         AND NOT (d.message @> '{"isTest": true}')) AS "toldToday",
       (SELECT count(*)::int FROM delivery d JOIN sink s ON s.id = d.sink_id
         WHERE s.tenant_id = w.id AND d.state = 'pending') AS pending
     FROM tenants w WHERE w.id = ANY($1::uuid[]) AND ${IS_TOLD}`,
    [input.tenantIds, new Date(input.atMs), new Date(input.dayStartMs)],
  );
  return rows;
}

/** What a message says of an endpoint, and what rules are matched against. */
export interface AlertEndpointRow {
  readonly id: string;
  readonly tenantId: string;
  readonly slug: string;
  readonly name: string;
  readonly group: string | null;
  readonly tags: readonly string[];
  readonly visibility: "public" | "unlisted" | "private";
  readonly host: string;
  readonly registrableDomain: string;
  readonly runbookUrl: string | null;
  readonly isPaused: boolean;
}

/** Endpoints by id, whoever owns them; those that are gone are missing. */
export async function listAlertEndpoints(
  client: pg.ClientBase | pg.Pool,
  ids: readonly string[],
): Promise<readonly AlertEndpointRow[]> {
  const { rows } = await client.query<AlertEndpointRow>(
    `SELECT id, tenant_id AS "tenantId", slug, name, group_name AS "group", tags, visibility, host,
       registrable_domain AS "registrableDomain", runbook_url AS "runbookUrl", paused_at IS NOT NULL AS "isPaused"
     FROM endpoints WHERE id = ANY($1::uuid[])`,
    [ids],
  );
  return rows;
}
