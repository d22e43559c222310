import type { AlertSeverity } from "@alivemcp/core/alert-severity";
import type { UpdateStage } from "@alivemcp/core/incident-cause";
import type { PlanName } from "@alivemcp/core/plans";
import type { SinkKind, SinkState } from "@alivemcp/core/sink-kind";
import type pg from "pg";
import { IS_TOLD } from "./incidents-system.ts";

const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;

/** What a tenant wants to be told, as stored; `scope`, `hours`, `steps` and `recurrence` are core's to read. */
export interface StoredAlertPolicy {
  readonly tenantId: string;
  readonly slug: string;
  readonly plan: PlanName;
  readonly rules: readonly {
    readonly id: string;
    readonly position: number;
    readonly isEnabled: boolean;
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
    readonly createdAtMs: number;
  }[];
  readonly maintenanceWindows: readonly {
    readonly id: string;
    readonly scope: unknown;
    readonly startsAtMs: number;
    readonly endsAtMs: number;
    readonly recurrence: unknown;
    readonly cancelledAtMs: number | null;
  }[];
  readonly escalationPolicies: readonly { readonly id: string; readonly steps: unknown }[];
  /** Alerts that were sent since the given start of the day and count against the budget. */
  readonly countedToday: number;
  /** Messages that wait to be sent now: urgent ones, digests, and the rest. */
  readonly pendingNow: number;
  readonly pendingSoon: number;
  readonly pendingLater: number;
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
    `SELECT w.id AS "tenantId", w.slug, w.plan,
       (SELECT coalesce(json_agg(json_build_object('id', r.id, 'position', r.position, 'isEnabled', r.is_enabled,
           'severities', r.severities, 'scope', r.scope, 'hours', r.hours, 'sinkIds', r.sink_ids,
           'escalationPolicyId', r.escalation_policy_id) ORDER BY r.position, r.id), '[]')
         FROM alert_rule r WHERE r.tenant_id = w.id) AS rules,
       (SELECT coalesce(json_agg(json_build_object('id', s.id, 'kind', s.kind, 'state', s.state,
           'isDefault', s.is_default, 'createdAtMs', ${ms("s.created_at")}) ORDER BY s.created_at, s.id), '[]')
         FROM sink s WHERE s.tenant_id = w.id) AS sinks,
       (SELECT coalesce(json_agg(json_build_object('id', m.id, 'scope', m.scope, 'startsAtMs', ${ms("m.starts_at")},
           'endsAtMs', ${ms("m.ends_at")}, 'recurrence', m.recurrence, 'cancelledAtMs', null)
           ORDER BY m.starts_at, m.id), '[]')
         FROM maintenance_window m
         WHERE m.tenant_id = w.id AND m.cancelled_at IS NULL AND (m.recurrence IS NOT NULL OR m.ends_at > $2)
       ) AS "maintenanceWindows",
       (SELECT coalesce(json_agg(json_build_object('id', p.id, 'steps', p.steps)), '[]')
         FROM escalation_policy p WHERE p.tenant_id = w.id) AS "escalationPolicies",
       (SELECT count(DISTINCT d.alert_key)::int FROM alert_decision d
         WHERE d.tenant_id = w.id AND d.at >= $3 AND d.verdict = 'send' AND NOT d.facts ? 'isFree') AS "countedToday",
       p.now AS "pendingNow", p.soon AS "pendingSoon", p.later AS "pendingLater"
     FROM tenants w
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE d.event = 'digest')::int AS later,
         count(*) FILTER (WHERE d.event <> 'digest' AND (d.severity = 'P1' OR d.event IN ('test', 'verification')))::int
           AS now,
         count(*) FILTER (WHERE d.event NOT IN ('digest', 'test', 'verification') AND d.severity IS DISTINCT FROM 'P1')::int
           AS soon
       FROM delivery d JOIN sink s ON s.id = d.sink_id WHERE s.tenant_id = w.id AND d.state = 'pending'
     ) p
     WHERE w.id = ANY($1::uuid[]) AND ${IS_TOLD}`,
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
  /** The shortest among owner and followers. */
  readonly cadenceS: number;
  /** Tenants that follow it and did not pause that. */
  readonly followerIds: readonly string[];
  /** Announced releases that are not over for a day yet, newest first. */
  readonly releases: readonly { readonly fromMs: number; readonly untilMs: number }[];
}

/** Endpoints by id, whoever owns them; those that are gone are missing. One statement however many they are. */
export async function listAlertEndpoints(
  client: pg.ClientBase,
  input: { readonly ids: readonly string[]; readonly atMs: number },
): Promise<readonly AlertEndpointRow[]> {
  const { rows } = await client.query<AlertEndpointRow>(
    `SELECT e.id, e.tenant_id AS "tenantId", e.slug, e.name, e.group_name AS "group", e.tags, e.visibility, e.host,
       e.registrable_domain AS "registrableDomain", e.runbook_url AS "runbookUrl", e.paused_at IS NOT NULL AS "isPaused",
       least(e.cadence_s, (SELECT min(f.cadence_s) FROM follow f WHERE f.endpoint_id = e.id AND f.paused_at IS NULL))
         AS "cadenceS",
       ARRAY(SELECT f.tenant_id FROM follow f WHERE f.endpoint_id = e.id AND f.paused_at IS NULL) AS "followerIds",
       (SELECT coalesce(json_agg(json_build_object('fromMs', ${ms("r.from_at")}, 'untilMs', ${ms("r.until_at")})
           ORDER BY r.from_at DESC), '[]')
         FROM release_window r WHERE r.endpoint_id = e.id AND r.cancelled_at IS NULL
           AND r.until_at > $2::timestamptz - interval '1 day') AS releases
     FROM endpoints e WHERE e.id = ANY($1::uuid[])`,
    [input.ids, new Date(input.atMs)],
  );
  return rows;
}

/** Messages of an incident that a sink got or will get, the newest per sink. */
export interface ToldSinkRow {
  readonly incidentTenantId: string;
  readonly sinkId: string;
  readonly severity: AlertSeverity;
  /** Of the first one there. */
  readonly firstAtMs: number;
}

/** Who was told of these tenants' incidents, or is about to be. Leans on `delivery_by_incident`. */
export async function listToldSinks(
  client: pg.ClientBase,
  incidentTenantIds: readonly string[],
): Promise<readonly ToldSinkRow[]> {
  if (incidentTenantIds.length === 0) {
    return [];
  }
  const { rows } = await client.query<ToldSinkRow>(
    `SELECT DISTINCT ON (d.incident_tenant_id, d.sink_id) d.incident_tenant_id AS "incidentTenantId",
       d.sink_id AS "sinkId", d.severity,
       ${ms("min(d.created_at) OVER (PARTITION BY d.incident_tenant_id, d.sink_id)")} AS "firstAtMs"
     FROM delivery d
     WHERE d.incident_tenant_id = ANY($1::uuid[]) AND d.state IN ('pending', 'sent') AND d.severity IS NOT NULL
       AND d.event LIKE 'incident.%'
     ORDER BY d.incident_tenant_id, d.sink_id, d.created_at DESC, d.id`,
    [incidentTenantIds],
  );
  return rows;
}

export interface NewestUpdateRow {
  readonly incidentId: string;
  readonly stage: UpdateStage;
  readonly body: string;
}

/** What owners told the public last about these incidents. */
export async function listNewestUpdates(
  client: pg.ClientBase,
  incidentIds: readonly string[],
): Promise<readonly NewestUpdateRow[]> {
  if (incidentIds.length === 0) {
    return [];
  }
  const { rows } = await client.query<NewestUpdateRow>(
    `SELECT DISTINCT ON (incident_id) incident_id AS "incidentId", stage, body
     FROM incident_update WHERE incident_id = ANY($1::uuid[]) ORDER BY incident_id, at DESC, id`,
    [incidentIds],
  );
  return rows;
}
