/** Public pages of a workspace over several endpoints. */
import { sql } from "drizzle-orm/sql";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export interface StatusPageRow {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly description: string | null;
  /** Its own host name, proven; null when it has none. */
  readonly host: string | null;
  readonly hasLogo: boolean;
  /** In the order of the page; those that are private by now are still named here. */
  readonly endpointIds: readonly string[];
}

/** What a person says of a page. */
export type StatusPageColumns = Omit<StatusPageRow, "id" | "host" | "hasLogo">;

const rowsOf = (scope: TenantScope) => sql`
  SELECT p.id, p.slug, p.title, p.description,
    (SELECT h.host FROM status_page_host h WHERE h.page_id = p.id) AS host,
    EXISTS (SELECT FROM status_page_logo l WHERE l.page_id = p.id) AS "hasLogo",
    coalesce((SELECT array_agg(m.endpoint_id::text ORDER BY m.position) FROM status_page_endpoint m WHERE m.page_id = p.id),
      '{}') AS "endpointIds"
  FROM status_page p WHERE p.tenant_id = ${scope.tenantId}`;

/** The tenant's pages, the oldest first. Leans on `status_page_by_tenant`. */
export async function listStatusPages(scope: TenantScope, tx: Tx): Promise<StatusPageRow[]> {
  const { rows } = await tx.execute<StatusPageRow & Record<string, unknown>>(
    sql`${rowsOf(scope)} ORDER BY p.created_at, p.id`,
  );
  return rows;
}

/** As the column's check has it: what cannot be a slug is not asked for (Postgres refuses a zero byte). */
const SLUG = /^[a-z0-9-]{1,60}$/;

/** By its slug; null when the tenant has no such page. */
export async function findStatusPage(
  scope: TenantScope,
  tx: Tx,
  slug: string,
): Promise<StatusPageRow | null> {
  if (!SLUG.test(slug)) {
    return null;
  }
  const { rows } = await tx.execute<StatusPageRow & Record<string, unknown>>(
    sql`${rowsOf(scope)} AND p.slug = ${slug}`,
  );
  return rows[0] ?? null;
}

/** The id of the new page; null when the slug is taken, by whomever. */
export async function insertStatusPage(
  scope: TenantScope,
  tx: Tx,
  page: StatusPageColumns,
): Promise<string | null> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    INSERT INTO status_page (tenant_id, slug, title, description)
    VALUES (${scope.tenantId}, ${page.slug}, ${page.title}, ${page.description})
    ON CONFLICT (slug) DO NOTHING RETURNING id`);
  return rows[0]?.id ?? null;
}

/** Title and description; the slug stays, because links lead there. */
export async function updateStatusPage(
  scope: TenantScope,
  tx: Tx,
  page: Pick<StatusPageRow, "id" | "title" | "description">,
): Promise<void> {
  await tx.execute(sql`
    UPDATE status_page SET title = ${page.title}, description = ${page.description}, updated_at = now()
    WHERE tenant_id = ${scope.tenantId} AND id = ${page.id}`);
}

/** Puts these endpoints on the page, in this order, and no others. Row-level security refuses those of strangers. */
export async function setStatusPageEndpoints(
  scope: TenantScope,
  tx: Tx,
  input: { readonly pageId: string; readonly endpointIds: readonly string[] },
): Promise<void> {
  await tx.execute(sql`
    DELETE FROM status_page_endpoint WHERE tenant_id = ${scope.tenantId} AND page_id = ${input.pageId}`);
  for (const [index, endpointId] of input.endpointIds.entries()) {
    await tx.execute(sql`
      INSERT INTO status_page_endpoint (page_id, endpoint_id, tenant_id, position)
      VALUES (${input.pageId}, ${endpointId}, ${scope.tenantId}, ${index + 1})`);
  }
}

/** Gives a page without a host this one; false when another page has it, whoever's. */
export async function insertStatusPageHost(
  scope: TenantScope,
  tx: Tx,
  input: { readonly pageId: string; readonly host: string },
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    INSERT INTO status_page_host (host, page_id, tenant_id)
    VALUES (${input.host}, ${input.pageId}, ${scope.tenantId}) ON CONFLICT (host) DO NOTHING`);
  return rowCount === 1;
}

/** True when the page had a host of its own. */
export async function deleteStatusPageHost(scope: TenantScope, tx: Tx, pageId: string): Promise<boolean> {
  const { rowCount } = await tx.execute(
    sql`DELETE FROM status_page_host WHERE tenant_id = ${scope.tenantId} AND page_id = ${pageId}`,
  );
  return rowCount === 1;
}

/** Puts a picture on a page of the tenant, instead of the one it had. */
export async function saveStatusPageLogo(
  scope: TenantScope,
  tx: Tx,
  input: { readonly pageId: string; readonly contentType: string; readonly bytes: Uint8Array },
): Promise<void> {
  await tx.execute(sql`
    INSERT INTO status_page_logo (page_id, tenant_id, content_type, bytes)
    VALUES (${input.pageId}, ${scope.tenantId}, ${input.contentType}, ${Buffer.from(input.bytes)})
    ON CONFLICT (page_id) DO UPDATE
    SET content_type = excluded.content_type, bytes = excluded.bytes, updated_at = now()`);
}

/** True when the page had a picture. */
export async function deleteStatusPageLogo(scope: TenantScope, tx: Tx, pageId: string): Promise<boolean> {
  const { rowCount } = await tx.execute(
    sql`DELETE FROM status_page_logo WHERE tenant_id = ${scope.tenantId} AND page_id = ${pageId}`,
  );
  return rowCount === 1;
}

/** Deletes a page; true when there was one. */
export async function deleteStatusPage(scope: TenantScope, tx: Tx, id: string): Promise<boolean> {
  const { rowCount } = await tx.execute(
    sql`DELETE FROM status_page WHERE tenant_id = ${scope.tenantId} AND id = ${id}`,
  );
  return rowCount === 1;
}
