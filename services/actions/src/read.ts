import type { Action } from "@alivemcp/core/permissions";
import { type Tx, withTenant } from "@alivemcp/db/tenant-scope";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { Caller } from "./caller.ts";
import { requirePermission } from "./require-permission.ts";

/** Runs `run` in one transaction that sees the caller's tenant only. Throws `forbidden` when the caller may not. */
export async function read<T>(
  deps: { readonly pool: Pool },
  caller: Caller,
  action: Action,
  run: (tx: Tx) => Promise<T>,
): Promise<T> {
  requirePermission(caller, action);
  return withTenant(caller.scope, deps.pool, run);
}
