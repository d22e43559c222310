import type pg from "pg";
import {
  INCIDENT_COLUMNS,
  INCIDENT_TENANT_COLUMNS,
  type IncidentRow,
  type IncidentTenantRow,
} from "./incidents-system.ts";

const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;

export interface OpenGroupRow {
  readonly groupId: string;
  readonly tenantId: string;
  readonly cause: string;
  readonly anchorId: string;
  readonly lastJoinedAtMs: number;
  readonly members: number;
}

/** How many members are told apart from more; more than any kind of group tells of one by one. */
const MEMBERS_COUNTED_MAX = 100;

/**
 * Groups of these tenants that somebody joined a moment ago. Members are counted up to 100: a storm asks this for every
 * batch with the tenant's lock held, which must not take longer the more there are.
 */
export async function listOpenGroups(
  client: pg.ClientBase,
  input: { readonly tenantIds: readonly string[]; readonly joinedAfterMs: number },
): Promise<readonly OpenGroupRow[]> {
  const { rows } = await client.query<OpenGroupRow>(
    `SELECT g.id AS "groupId", g.tenant_id AS "tenantId", g.cause, g.anchor_id AS "anchorId",
       ${ms("newest.created_at")} AS "lastJoinedAtMs",
       (SELECT count(*)::int FROM (SELECT FROM incident_tenant t WHERE t.group_id = g.id LIMIT $3) counted) AS members
     FROM incident_group g
     CROSS JOIN LATERAL (
       SELECT t.created_at FROM incident_tenant t
       WHERE t.tenant_id = g.tenant_id AND t.group_id = g.id AND t.created_at > $2
       ORDER BY t.created_at DESC LIMIT 1
     ) newest
     WHERE g.tenant_id = ANY($1::uuid[]) AND g.closed_at IS NULL AND g.anchor_id IS NOT NULL`,
    [input.tenantIds, new Date(input.joinedAfterMs), MEMBERS_COUNTED_MAX],
  );
  return rows;
}

/** An incident that opened a moment ago, and what it may share with others. */
export interface LoneIncidentRow {
  readonly incidentTenantId: string;
  readonly tenantId: string;
  readonly endpointId: string;
  readonly openedAtMs: number;
  readonly host: string;
  readonly registrableDomain: string;
  readonly failureReason: string | null;
  readonly regions: readonly string[];
}

/**
 * Open incidents of these tenants that are in no group, locked until commit. Those that somebody else has in hand are
 * left out: whoever waited for them here, with the tenant's lock held, could wait for ever.
 */
export async function lockLoneIncidents(
  client: pg.ClientBase,
  input: {
    readonly tenantIds: readonly string[];
    readonly openedAfterMs: number;
    readonly exceptIds: readonly string[];
  },
): Promise<readonly LoneIncidentRow[]> {
  const { rows } = await client.query<LoneIncidentRow>(
    `SELECT t.id AS "incidentTenantId", t.tenant_id AS "tenantId", t.endpoint_id AS "endpointId",
       ${ms("t.created_at")} AS "openedAtMs", e.host, e.registrable_domain AS "registrableDomain",
       i.failure_reason AS "failureReason", i.regions
     FROM incident_tenant t JOIN incident i ON i.id = t.incident_id JOIN endpoints e ON e.id = t.endpoint_id
     WHERE t.tenant_id = ANY($1::uuid[]) AND t.resolved_at IS NULL AND t.group_id IS NULL AND t.created_at > $2
       AND i.simulated_for IS NULL AND NOT t.id = ANY($3::uuid[])
     ORDER BY t.id FOR NO KEY UPDATE OF t SKIP LOCKED`,
    [input.tenantIds, new Date(input.openedAfterMs), input.exceptIds],
  );
  return rows;
}

export interface NewIncidentGroup {
  readonly id: string;
  readonly tenantId: string;
  readonly cause: string;
  readonly anchorId: string;
  readonly openedAtMs: number;
}

/** Opens groups, each with its anchor as the first member; the caller holds the anchors' rows. */
export async function insertIncidentGroups(
  client: pg.ClientBase,
  groups: readonly NewIncidentGroup[],
): Promise<void> {
  if (groups.length === 0) {
    return;
  }
  const anchorIds = groups.map(({ anchorId }) => anchorId);
  await client.query(
    `INSERT INTO incident_group (id, tenant_id, cause, anchor_id, opened_at)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[])`,
    [
      groups.map(({ id }) => id),
      groups.map(({ tenantId }) => tenantId),
      groups.map(({ cause }) => cause),
      anchorIds,
      groups.map(({ openedAtMs }) => new Date(openedAtMs)),
    ],
  );
  await client.query(
    `UPDATE incident_tenant t SET group_id = u.group_id FROM unnest($1::uuid[], $2::uuid[]) AS u (id, group_id)
     WHERE t.id = u.id`,
    [anchorIds, groups.map(({ id }) => id)],
  );
}

/** How a group stands: on whose thread it is told of, and who of it is not well. */
export interface GroupStanding {
  readonly groupId: string;
  readonly anchorId: string | null;
  readonly openedAtMs: number;
  readonly toldMembers: number | null;
  readonly toldAtMs: number | null;
  readonly openMembers: number;
  /** Those of them that nobody was told of by a message of their own. */
  readonly foldedOpen: number;
  /** The end of the anchor's incident was told. */
  readonly isAnchorsEndTold: boolean;
}

const SELECT_STANDING = `
  SELECT g.id AS "groupId", g.anchor_id AS "anchorId", ${ms("g.opened_at")} AS "openedAtMs",
    g.told_members AS "toldMembers", ${ms("g.told_at")} AS "toldAtMs",
    (SELECT count(*)::int FROM incident_tenant t WHERE t.group_id = g.id AND t.resolved_at IS NULL) AS "openMembers",
    (SELECT count(*)::int FROM incident_tenant t
      WHERE t.group_id = g.id AND t.resolved_at IS NULL AND t.told_severity IS NULL) AS "foldedOpen",
    EXISTS (SELECT FROM delivery d WHERE d.incident_tenant_id = g.anchor_id AND d.event = 'incident.resolved')
      AS "isAnchorsEndTold"
  FROM incident_group g`;

/** Standing of the given groups. */
export async function listGroupStandings(
  client: pg.ClientBase,
  groupIds: readonly string[],
): Promise<readonly GroupStanding[]> {
  if (groupIds.length === 0) {
    return [];
  }
  const { rows } = await client.query<GroupStanding>(`${SELECT_STANDING} WHERE g.id = ANY($1::uuid[])`, [
    groupIds,
  ]);
  return rows;
}

/** Groups that are not over, locked until commit, whose turn is longest ago first. */
export async function lockOpenGroups(
  client: pg.ClientBase,
  input: { readonly limit: number },
): Promise<readonly GroupStanding[]> {
  const { rows } = await client.query<GroupStanding>(
    `${SELECT_STANDING} WHERE g.closed_at IS NULL ORDER BY g.told_at NULLS FIRST, g.id LIMIT $1 FOR NO KEY UPDATE OF g SKIP LOCKED`,
    [input.limit],
  );
  return rows;
}

/** The given rows of tenants with their incidents, locked until commit; those in other hands are left out. */
export async function lockMembers(
  client: pg.ClientBase,
  ids: readonly string[],
): Promise<readonly { readonly row: IncidentTenantRow; readonly incident: IncidentRow }[]> {
  if (ids.length === 0) {
    return [];
  }
  const { rows } = await client.query<IncidentTenantRow>(
    `SELECT ${INCIDENT_TENANT_COLUMNS} FROM incident_tenant t WHERE t.id = ANY($1::uuid[])
     ORDER BY t.id FOR NO KEY UPDATE SKIP LOCKED`,
    [ids],
  );
  const found = await client.query<IncidentRow>(
    `SELECT ${INCIDENT_COLUMNS} FROM incident i WHERE i.id = ANY($1::uuid[])`,
    [rows.map(({ incidentId }) => incidentId)],
  );
  return rows.flatMap((row) => {
    const incident = found.rows.find(({ id }) => id === row.incidentId);
    return incident ? [{ row, incident }] : [];
  });
}

/** Notes how many members a group's message names now. */
export async function noteGroupsTold(
  client: pg.ClientBase,
  told: readonly { readonly groupId: string; readonly members: number }[],
  atMs: number,
): Promise<void> {
  if (told.length > 0) {
    await client.query(
      `UPDATE incident_group g SET told_members = u.members, told_at = $3
       FROM unnest($1::uuid[], $2::int[]) AS u (id, members) WHERE g.id = u.id`,
      [told.map(({ groupId }) => groupId), told.map(({ members }) => members), new Date(atMs)],
    );
  }
}

export async function closeIncidentGroups(
  client: pg.ClientBase,
  groupIds: readonly string[],
  atMs: number,
): Promise<void> {
  if (groupIds.length > 0) {
    await client.query("UPDATE incident_group SET closed_at = $2 WHERE id = ANY($1::uuid[])", [
      groupIds,
      new Date(atMs),
    ]);
  }
}
