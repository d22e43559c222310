import { randomUUID } from "node:crypto";
import type { TestDatabase } from "../../../db/test/database.ts";
import type { TestTenant } from "../../../db/test/tenant.ts";

/** An unlisted endpoint of the tenant; returns its id. */
export async function addTestEndpoint(
  database: TestDatabase,
  tenant: TestTenant,
  options: { readonly url?: string; readonly visibility?: "public" | "unlisted" } = {},
): Promise<string> {
  const slug = `e-${randomUUID()}`;
  const url = options.url ?? `https://mcp.example.com/${slug}`;
  const { rows } = await database.pool("super").query<{ id: string }>(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing,
       retention_class)
     VALUES ($1, $2, $2, $3, $3, $4, 'example.com', $5, 'added', 'team') RETURNING id`,
    [tenant.id, slug, url, new URL(url).hostname, options.visibility ?? "unlisted"],
  );
  return rows[0]?.id as string;
}
