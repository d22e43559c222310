/** Incidents as one tenant has them, owner or follower: facts of the incident, and what the tenant makes of it. */
import type { IncidentSeverity } from "@alivemcp/core/alert-severity";
import type { UpdateStage } from "@alivemcp/core/incident-cause";
import { and, eq } from "drizzle-orm";
import { type SQL, sql } from "drizzle-orm/sql";
import { incident, incidentEvent, incidentTenant, incidentUpdate } from "../schema/incidents.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export interface IncidentRow {
  /** Of the tenant's row: the `dedup_key` on every channel. */
  readonly id: string;
  /** Of the incident itself, which owner and followers share. */
  readonly incidentId: string;
  readonly endpointId: string;
  readonly endpointSlug: string;
  readonly endpointName: string;
  /** The endpoint is the tenant's own: it may tell the public. */
  readonly isOwn: boolean;
  readonly isSimulated: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly openedAtMs: number;
  readonly resolvedAtMs: number | null;
  readonly severity: IncidentSeverity;
  readonly severityWorst: IncidentSeverity;
  readonly causes: readonly string[];
  readonly failureReason: string | null;
  readonly regions: readonly string[];
  readonly isFlapping: boolean;
  readonly revision: number;
  readonly acknowledgedAtMs: number | null;
  readonly acknowledgedBy: string | null;
  readonly mutedUntilMs: number | null;
  readonly mutedBy: string | null;
  readonly groupId: string | null;
  readonly escalationPolicyId: string | null;
  readonly escalationStep: number;
  readonly firstAcceptedAtMs: number | null;
}

const ms = (column: string): SQL => sql.raw(`(extract(epoch FROM ${column}) * 1000)::float8`);

const SELECT = sql`
  SELECT it.id, it.incident_id AS "incidentId", it.endpoint_id AS "endpointId",
    coalesce(e.slug, p.slug, '') AS "endpointSlug", coalesce(e.name, p.name, '') AS "endpointName",
    e.id IS NOT NULL AS "isOwn", i.simulated_for IS NOT NULL AS "isSimulated",
    ${ms("i.started_at")} AS "startedAtMs", ${ms("i.ended_at")} AS "endedAtMs", ${ms("i.opened_at")} AS "openedAtMs",
    ${ms("coalesce(it.resolved_at, i.resolved_at)")} AS "resolvedAtMs", i.severity, i.severity_worst AS "severityWorst",
    i.causes, i.failure_reason AS "failureReason", i.regions, i.is_flapping AS "isFlapping", i.revision,
    ${ms("it.acknowledged_at")} AS "acknowledgedAtMs", it.acknowledged_by AS "acknowledgedBy",
    ${ms("it.muted_until")} AS "mutedUntilMs", it.muted_by AS "mutedBy", it.group_id AS "groupId",
    it.escalation_policy_id AS "escalationPolicyId", it.escalation_step AS "escalationStep",
    ${ms("it.first_accepted_at")} AS "firstAcceptedAtMs"
  FROM incident_tenant it
  JOIN incident i ON i.id = it.incident_id
  LEFT JOIN endpoints e ON e.id = it.endpoint_id AND e.tenant_id = it.tenant_id
  LEFT JOIN public_endpoint p ON p.id = it.endpoint_id AND e.id IS NULL`;

export interface IncidentFilter {
  readonly state?: "open" | "acknowledged" | "resolved" | undefined;
  /** Id of the endpoint. */
  readonly endpointId?: string | undefined;
  /** The worst it has been. */
  readonly severity?: IncidentSeverity | undefined;
  readonly groupId?: string | undefined;
}

/** Where a page begins: behind this row of the page before. */
export interface IncidentPosition {
  readonly openedAtMs: number;
  readonly id: string;
}

/** The tenant's incidents that pass the filter, newest first. Those of an endpoint it no longer sees are not there. */
export async function listIncidents(
  scope: TenantScope,
  tx: Tx,
  page: {
    readonly filter: IncidentFilter;
    readonly before: IncidentPosition | null;
    readonly limit: number;
  },
): Promise<IncidentRow[]> {
  const { state, endpointId, severity, groupId } = page.filter;
  const conditions = [
    sql`it.tenant_id = ${scope.tenantId}`,
    state === undefined ? undefined : STATES[state],
    endpointId === undefined ? undefined : sql`it.endpoint_id = ${endpointId}`,
    severity === undefined ? undefined : sql`i.severity_worst = ${severity}`,
    groupId === undefined ? undefined : sql`it.group_id = ${groupId}`,
    page.before === null
      ? undefined
      : sql`(i.opened_at, it.id) < (to_timestamp(${page.before.openedAtMs / 1_000}), ${page.before.id}::uuid)`,
  ].filter((condition) => condition !== undefined);
  const { rows } = await tx.execute(sql`
    ${SELECT} WHERE ${sql.join(conditions, sql` AND `)} ORDER BY i.opened_at DESC, it.id DESC LIMIT ${page.limit}`);
  return rows as unknown as IncidentRow[];
}

const RESOLVED = sql`coalesce(it.resolved_at, i.resolved_at) IS NOT NULL`;
const STATES = {
  open: sql`NOT (${RESOLVED}) AND it.acknowledged_at IS NULL`,
  acknowledged: sql`NOT (${RESOLVED}) AND it.acknowledged_at IS NOT NULL`,
  resolved: RESOLVED,
} as const;

/**
 * One incident of the tenant, by its own id or by the shared one, under which a simulated outage is asked for before it
 * was announced. Null when it is another tenant's or nobody's. `id` is a uuid.
 */
export async function findIncident(scope: TenantScope, tx: Tx, id: string): Promise<IncidentRow | null> {
  const { rows } = await tx.execute(sql`
    ${SELECT} WHERE it.tenant_id = ${scope.tenantId} AND (it.id = ${id} OR it.incident_id = ${id})`);
  return (rows as unknown as IncidentRow[])[0] ?? null;
}

export type IncidentAnswer = Partial<
  Pick<typeof incidentTenant.$inferInsert, "acknowledgedAt" | "acknowledgedBy" | "mutedUntil" | "mutedBy">
>;

/** Notes what somebody answered, and has the router decide about the incident again at `wakeAt`. */
export async function answerIncident(
  scope: TenantScope,
  tx: Tx,
  input: { readonly id: string; readonly answer: IncidentAnswer; readonly wakeAt: Date },
): Promise<void> {
  await tx
    .update(incidentTenant)
    .set({ ...input.answer, wakeAt: input.wakeAt })
    .where(and(eq(incidentTenant.id, input.id), eq(incidentTenant.tenantId, scope.tenantId)));
}

export interface IncidentEventRow {
  readonly id: number;
  readonly atMs: number;
  readonly kind: string;
  readonly actor: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Only this tenant sees it. */
  readonly isOwn: boolean;
}

/** What happened, oldest first: facts that everybody sees, and the tenant's own. The newest 500 of them. */
export async function listIncidentEvents(
  _scope: TenantScope,
  tx: Tx,
  incidentId: string,
): Promise<IncidentEventRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT * FROM (
      SELECT v.id::float8 AS id, ${ms("v.at")} AS "atMs", v.kind, v.actor, v.facts, v.tenant_id IS NOT NULL AS "isOwn"
      FROM incident_event v WHERE v.incident_id = ${incidentId} ORDER BY v.at DESC, v.id DESC LIMIT 500) newest
    ORDER BY "atMs", id`);
  return rows as unknown as IncidentEventRow[];
}

/** Appends to the tenant's own part of the timeline; the same key again adds nothing. */
export async function insertIncidentEvent(
  scope: TenantScope,
  tx: Tx,
  event: Pick<typeof incidentEvent.$inferInsert, "incidentId" | "at" | "kind" | "actor" | "facts" | "key">,
): Promise<void> {
  await tx
    .insert(incidentEvent)
    .values({ ...event, tenantId: scope.tenantId })
    .onConflictDoNothing();
}

export interface IncidentUpdateRow {
  readonly id: string;
  readonly stage: UpdateStage;
  readonly body: string;
  readonly writtenBy: string;
  readonly at: Date;
}

const UPDATE_SHOWN = {
  id: incidentUpdate.id,
  stage: incidentUpdate.stage,
  body: incidentUpdate.body,
  writtenBy: incidentUpdate.writtenBy,
  at: incidentUpdate.at,
};

/** What the owner told the public of an incident, oldest first. */
export function listIncidentUpdates(
  _scope: TenantScope,
  tx: Tx,
  incidentId: string,
): Promise<IncidentUpdateRow[]> {
  return tx
    .select(UPDATE_SHOWN)
    .from(incidentUpdate)
    .where(eq(incidentUpdate.incidentId, incidentId))
    .orderBy(incidentUpdate.at, incidentUpdate.id)
    .limit(UPDATES_MAX);
}

/** An incident has at most this many public updates. */
export const UPDATES_MAX = 100;

/** Tells the public; row level security refuses whoever does not own the endpoint. */
export async function insertIncidentUpdate(
  scope: TenantScope,
  tx: Tx,
  update: Pick<typeof incidentUpdate.$inferInsert, "incidentId" | "stage" | "body" | "writtenBy" | "at">,
): Promise<IncidentUpdateRow> {
  const [row] = await tx
    .insert(incidentUpdate)
    .values({ ...update, tenantId: scope.tenantId })
    .returning(UPDATE_SHOWN);
  return row as IncidentUpdateRow;
}

/** How many outages the tenant simulated since then. */
export async function countSimulatedSince(scope: TenantScope, tx: Tx, since: Date): Promise<number> {
  const { rows } = await tx.execute<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM incident WHERE simulated_for = ${scope.tenantId} AND opened_at > ${since}`);
  return rows[0]?.count ?? 0;
}

/** Begins a simulated outage, which the router announces to this tenant only; null while one of this endpoint is on. */
export async function insertSimulatedIncident(
  scope: TenantScope,
  tx: Tx,
  input: { readonly endpointId: string; readonly at: Date },
): Promise<string | null> {
  const [row] = await tx
    .insert(incident)
    .values({
      endpointId: input.endpointId,
      simulatedFor: scope.tenantId,
      startedAt: input.at,
      openedAt: input.at,
      severity: "P1",
      severityWorst: "P1",
      causes: ["down"],
    })
    .onConflictDoNothing()
    .returning({ id: incident.id });
  return row?.id ?? null;
}
