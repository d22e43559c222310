import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { sql } from "drizzle-orm/sql";
import type pg from "pg";

declare const tenantScopeBrand: unique symbol;

/**
 * Permission to touch one tenant's rows: the first argument of every query on tenant data. Made only where a caller
 * proved who it is (authentication, the operator key) or by a system job that works for one tenant.
 */
export interface TenantScope {
  readonly tenantId: string;
  readonly [tenantScopeBrand]: true;
}

/** `proof` names what established the tenant; it is for the reader of the call, and for grep. */
export function grantTenantScope(
  tenantId: string,
  _proof: "api-key" | "channel" | "session" | "invitation" | "operator-key" | "system-job" | "seed" | "test",
): TenantScope {
  return { tenantId } as TenantScope;
}

/** A transaction's query builder, whatever opened it. */
export type Tx = Pick<
  NodePgDatabase,
  "select" | "selectDistinctOn" | "insert" | "update" | "delete" | "execute" | "transaction"
>;

/** Runs `run` in one transaction that sees and writes the rows of one tenant only. The pool logs in as `app`. */
export function withTenant<T>(scope: TenantScope, pool: pg.Pool, run: (tx: Tx) => Promise<T>): Promise<T> {
  return drizzle(pool).transaction(async (tx) => {
    await tx.execute(sql`SELECT set_config('app.tenant_id', ${scope.tenantId}, true)`);
    return run(tx);
  });
}
