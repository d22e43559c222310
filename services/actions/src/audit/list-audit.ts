import { type AuditFilter, type AuditRow, listAuditRows } from "@alivemcp/db/queries/audit-log";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** A page of the workspace's audit log, newest first; `beforeId` is the id of the last row of the page before. */
export function listAudit(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  page: { readonly beforeId: number | null; readonly limit: number } & AuditFilter,
): Promise<AuditRow[]> {
  return read(deps, caller, "audit.read", (tx) => listAuditRows(caller.scope, tx, page));
}
