import { randomUUID } from "node:crypto";
import type { TestDatabase } from "../../../db/test/database.ts";
import type { TestTenant } from "../../../db/test/tenant.ts";

export interface TestEndpoint {
  readonly id: string;
  readonly slug: string;
}

/** An endpoint of the tenant. */
export async function addEndpoint(
  database: TestDatabase,
  tenant: TestTenant,
  visibility: "public" | "unlisted" = "unlisted",
): Promise<TestEndpoint> {
  const slug = `e-${randomUUID()}`;
  const { rows } = await database.pool("super").query<{ id: string }>(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing,
       retention_class)
     VALUES ($1, $2, $2, $3, $3, 'mcp.example.com', 'example.com', $4, 'added', 'team') RETURNING id`,
    [tenant.id, slug, `https://mcp.example.com/${slug}`, visibility],
  );
  return { id: String(rows[0]?.id), slug };
}

export interface TestIncident {
  /** Of the tenant's row. */
  readonly id: string;
  readonly incidentId: string;
}

/** An incident as the router leaves it: its own row, and one for each of these tenants. */
export async function addIncident(
  database: TestDatabase,
  input: {
    readonly endpointId: string;
    readonly tenants: readonly TestTenant[];
    readonly openedAtMs?: number;
    readonly isResolved?: boolean;
  },
): Promise<readonly [TestIncident, ...TestIncident[]]> {
  const pool = database.pool("super");
  const openedAt = new Date(input.openedAtMs ?? Date.now());
  const resolvedAt = input.isResolved ? new Date(openedAt.getTime() + 60_000) : null;
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO incident (endpoint_id, started_at, ended_at, opened_at, resolved_at, severity, severity_worst, causes,
       failure_reason, regions)
     VALUES ($1, $2, $3, $2, $3, 'P1', 'P1', $4, 'connection_refused', '{us-east}') RETURNING id`,
    [input.endpointId, openedAt, resolvedAt, resolvedAt === null ? ["down"] : []],
  );
  const incidentId = String(rows[0]?.id);
  const found: TestIncident[] = [];
  for (const tenant of input.tenants) {
    const of = await pool.query<{ id: string }>(
      `INSERT INTO incident_tenant (incident_id, tenant_id, endpoint_id, created_at, resolved_at)
       VALUES ($1, $2, $3, $4, $5) RETURNING id`,
      [incidentId, tenant.id, input.endpointId, openedAt, resolvedAt],
    );
    found.push({ id: String(of.rows[0]?.id), incidentId });
  }
  await pool.query(
    "INSERT INTO incident_event (incident_id, at, kind, facts, key) VALUES ($1, $2, 'opened', '{}', 'opened:1')",
    [incidentId, openedAt],
  );
  return found as [TestIncident, ...TestIncident[]];
}
