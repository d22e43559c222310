import { randomBytes } from "node:crypto";
import type { TestDatabase } from "../../db/test/database.ts";
import { fillEveryTable } from "../../db/test/every-table.ts";
import { addTestTenant, type TestTenant } from "../../db/test/tenant.ts";

export interface Victim extends TestTenant {
  readonly endpointId: string;
  readonly endpointSlug: string;
  /** A colleague who is neither owner nor asking. */
  readonly colleagueId: string;
  readonly invitationId: string;
  readonly keyId: string;
  readonly releaseWindowId: string;
  readonly statusPageSlug: string;
  readonly driftEventId: string;
  readonly noticeId: string;
  readonly sinkId: string;
  readonly ruleId: string;
  readonly policyId: string;
  readonly maintenanceId: string;
  readonly deliveryId: string;
  readonly incidentId: string;
  /** Words that stand in the victim's rows and nowhere else. */
  readonly marks: readonly string[];
}

/** A workspace with an unlisted endpoint and a row in every table that can hold one. */
export async function addVictim(database: TestDatabase): Promise<Victim> {
  const mark = `heron-${randomBytes(6).toString("hex")}`;
  const tenant = await addTestTenant(database);
  const pool = database.pool("super");
  const one = async (text: string, values: readonly unknown[]): Promise<string> =>
    String((await pool.query(text, [...values])).rows[0]?.id);
  await pool.query("UPDATE tenants SET name = $2 WHERE id = $1", [tenant.id, mark]);
  const colleagueId = await one(
    "INSERT INTO users (name, email, email_verified) VALUES ($1, $1 || '@example.com', true) RETURNING id",
    [`colleague-${mark}`],
  );
  await pool.query("INSERT INTO members (tenant_id, user_id, role) VALUES ($1, $2, 'member')", [
    tenant.id,
    colleagueId,
  ]);
  const endpoint = await pool.query<{ id: string; number: number; slug: string }>(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing,
       retention_class, runbook_url)
     VALUES ($1, $2, $2, $3, $3, $2 || '.example.com', 'example.com', 'unlisted', 'added', 'team', $3)
     RETURNING id, number, slug`,
    [tenant.id, mark, `https://${mark}.example.com/mcp`],
  );
  const { id: endpointId, number: endpointNumber, slug: endpointSlug } = endpoint.rows[0] ?? raise();
  const email = `${mark}@example.com`;
  await fillEveryTable(database, {
    tenantId: tenant.id,
    userId: tenant.ownerId,
    endpointId,
    endpointNumber,
    email,
  });
  await pool.query(
    `INSERT INTO tool_list (full_hash, contract_hash, tools_count, body)
     SELECT full_hash, contract_hash, 0, '' FROM endpoint_region_tool_list WHERE endpoint_id = $1`,
    [endpointId],
  );
  await pool.query("INSERT INTO retired_slug (slug, tenant_id, endpoint_id) VALUES ($1, $2, $3)", [
    `old-${mark}`,
    tenant.id,
    endpointId,
  ]);
  await pool.query("INSERT INTO endpoint_erasure (endpoint_id, endpoint_number) VALUES ($1, $2)", [
    endpointId,
    endpointNumber,
  ]);
  const idOf = (table: string) => one(`SELECT id FROM ${table} WHERE tenant_id = $1`, [tenant.id]);
  return {
    ...tenant,
    endpointId,
    endpointSlug,
    colleagueId,
    invitationId: await idOf("invitations"),
    keyId: await idOf("api_keys"),
    releaseWindowId: await idOf("release_window"),
    statusPageSlug: String(
      (await pool.query("SELECT slug FROM status_page WHERE tenant_id = $1", [tenant.id])).rows[0]?.slug,
    ),
    noticeId: await idOf("notice"),
    sinkId: await idOf("sink"),
    ruleId: await idOf("alert_rule"),
    policyId: await idOf("escalation_policy"),
    maintenanceId: await idOf("maintenance_window"),
    deliveryId: await idOf("delivery"),
    incidentId: await idOf("incident_tenant"),
    driftEventId: await one("SELECT id FROM drift_event WHERE endpoint_id = $1", [endpointId]),
    marks: [mark, tenant.id, tenant.ownerId, colleagueId, endpointId],
  };
}

/** Makes the victim's endpoint one that everybody may see and follow. */
export async function putOnBoard(database: TestDatabase, victim: Victim): Promise<void> {
  await database
    .pool("super")
    .query("UPDATE endpoints SET visibility = 'public' WHERE id = $1", [victim.endpointId]);
}

/** The rows of the vault that fill its tables hold no secret that it could open; it would fail on them. */
export async function dropUnreadableSecrets(database: TestDatabase, victim: Victim): Promise<void> {
  for (const table of ["endpoint_oauth_token", "endpoint_credential", "tenant_data_key"]) {
    await database.pool("super").query(`DELETE FROM ${table} WHERE tenant_id = $1`, [victim.id]);
  }
}

function raise(): never {
  throw new Error("the endpoint was not inserted");
}
