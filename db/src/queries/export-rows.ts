import { sql } from "drizzle-orm/sql";
import { TABLE_EXPORT, type TableExport } from "../export-list.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** A row as JSON, in the words of the table. */
export type ExportRow = Readonly<Record<string, unknown>>;

const tables: Readonly<Record<string, TableExport>> = TABLE_EXPORT;

/** Tables of which the workspace has one list, and those of which every endpoint has one. */
export const exportedTables = (kind: "workspace" | "endpoint"): readonly string[] =>
  Object.keys(tables).filter((table) => tables[table]?.kind === kind);

/**
 * All rows of the tenant in one table of the whole workspace, oldest first. What proves a sink is taken out of its
 * message: who could read it here would not have to read it there.
 */
export async function listWorkspaceExport(
  scope: TenantScope,
  tx: Tx,
  table: string,
): Promise<readonly ExportRow[]> {
  const how = tables[table];
  if (how?.kind !== "workspace") {
    throw new Error(`${table} is not exported for the whole workspace`);
  }
  const { rows } = await tx.execute<{ row: ExportRow }>(sql`
    SELECT (to_jsonb(t) - ${sql.param(how.omit)}::text[]) #- '{message,proof}' AS row FROM ${sql.raw(table)} t
    WHERE t.tenant_id = ${scope.tenantId} ORDER BY ${sql.raw(how.orderBy)}`);
  return rows.map(({ row }) => row);
}

/** The tenant's own endpoints, oldest first, after a number. Leans on the key of `number`. */
export async function listEndpointExport(
  scope: TenantScope,
  tx: Tx,
  page: { readonly afterNumber: number; readonly limit: number },
): Promise<readonly (ExportRow & { readonly id: string; readonly number: number })[]> {
  const { rows } = await tx.execute<{ row: ExportRow & { id: string; number: number } }>(sql`
    SELECT to_jsonb(e) - 'tenant_id' AS row FROM endpoints e
    WHERE e.tenant_id = ${scope.tenantId} AND e.number > ${page.afterNumber} ORDER BY e.number LIMIT ${page.limit}`);
  return rows.map(({ row }) => row);
}

/** Rows of one endpoint of the tenant in one table, in the table's order. */
export async function listExportOfEndpoint(
  scope: TenantScope,
  tx: Tx,
  { table, endpointId }: { readonly table: string; readonly endpointId: string },
): Promise<readonly ExportRow[]> {
  const how = tables[table];
  if (how?.kind !== "endpoint") {
    throw new Error(`${table} is not exported by endpoint`);
  }
  const own = sql`(SELECT ${sql.raw(how.key === "endpoint_id" ? "e.id" : "e.number")} FROM endpoints e
    WHERE e.id = ${endpointId} AND e.tenant_id = ${scope.tenantId})`;
  const { rows } = await tx.execute<{ row: ExportRow }>(sql`
    SELECT to_jsonb(t) - ${sql.param(how.omit)}::text[] AS row FROM ${sql.raw(table)} t
    WHERE t.${sql.raw(how.key)} = ${own} ORDER BY ${sql.raw(how.orderBy)} LIMIT ${how.rowsMax}`);
  return rows.map(({ row }) => row);
}
