import { type AuditRow, listAuditRows } from "@alivemcp/db/queries/audit-log";
import {
  type ExportRow,
  exportedTables,
  listEndpointExport,
  listExportOfEndpoint,
  listWorkspaceExport,
} from "@alivemcp/db/queries/export-rows";
import { listMembers } from "@alivemcp/db/queries/members";
import type { Tenant } from "@alivemcp/db/queries/tenants";
import { type Tx, withTenant } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";

const ENDPOINTS_PER_PAGE = 20;
const AUDIT_ROWS_PER_PAGE = 1_000;
/** More than any plan holds; a page that never ends is an error. */
const PAGES_MAX = 100_000;

/**
 * Everything of a workspace as one JSON text, in pieces, without secrets. Rejects before the first piece when the
 * caller may not; that it was taken is in the audit log. Each piece is read in a short transaction of its own, so that a
 * slow reader holds nothing: what changes meanwhile may be in one part and not yet in another.
 */
export async function exportWorkspace(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
): Promise<AsyncGenerator<string>> {
  const tenant = await change(deps, caller, "workspace.export", async (_tx, own) => ({
    result: own,
    audit: { targetKind: "workspace", targetId: own.id },
  }));
  return pieces(deps, caller, tenant);
}

type Read = <T>(run: (tx: Tx) => Promise<T>) => Promise<T>;

async function* pieces(
  deps: Pick<ActionDeps, "pool" | "clock">,
  { scope }: Caller,
  tenant: Tenant,
): AsyncGenerator<string> {
  const read: Read = (run) => withTenant(scope, deps.pool, run);
  const exportedAt = new Date(deps.clock.nowMs()).toISOString();
  yield `{"exported_at":${JSON.stringify(exportedAt)},"workspace":${JSON.stringify({ ...tenant, plan: tenant.plan.name })}`;
  const members = await read((tx) => listMembers(scope, tx));
  yield `,\n"members":${JSON.stringify(members)}`;
  for (const table of exportedTables("workspace")) {
    const rows = await read((tx) => listWorkspaceExport(scope, tx, table));
    yield `,\n${JSON.stringify(table)}:${JSON.stringify(rows)}`;
  }
  yield ',\n"endpoints":[';
  yield* endpointPieces(read, scope);
  yield '],\n"audit_log":[';
  yield* auditPieces(read, scope);
  yield "]}\n";
}

async function* endpointPieces(read: Read, scope: Caller["scope"]): AsyncGenerator<string> {
  let afterNumber = 0;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const endpoints = await read((tx) =>
      listEndpointExport(scope, tx, { afterNumber, limit: ENDPOINTS_PER_PAGE }),
    );
    for (const endpoint of endpoints) {
      const lists: Record<string, readonly ExportRow[]> = {};
      for (const table of exportedTables("endpoint")) {
        lists[table] = await read((tx) =>
          listExportOfEndpoint(scope, tx, { table, endpointId: endpoint.id }),
        );
      }
      yield `${afterNumber === 0 ? "" : ",\n"}${JSON.stringify({ ...endpoint, ...lists })}`;
      afterNumber = endpoint.number;
    }
    if (endpoints.length < ENDPOINTS_PER_PAGE) {
      return;
    }
  }
}

async function* auditPieces(read: Read, scope: Caller["scope"]): AsyncGenerator<string> {
  let beforeId: number | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const before: number | null = beforeId;
    const rows: readonly AuditRow[] = await read((tx) =>
      listAuditRows(scope, tx, { beforeId: before, limit: AUDIT_ROWS_PER_PAGE }),
    );
    if (rows.length > 0) {
      yield `${before === null ? "" : ",\n"}${rows.map((row) => JSON.stringify(row)).join(",\n")}`;
    }
    beforeId = rows.at(-1)?.id ?? null;
    if (rows.length < AUDIT_ROWS_PER_PAGE) {
      return;
    }
  }
}
