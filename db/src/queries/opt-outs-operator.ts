import { canonicalJson, sha256Hex } from "@alivemcp/core/canonical-json";
import { and, desc, eq, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { sql } from "drizzle-orm/sql";
import type pg from "pg";
import { auditLog } from "../schema/audit-log.ts";
import { optOut } from "../schema/opt-out.ts";
import type { NewOptOut } from "./opt-outs.ts";

export type OptOutRow = typeof optOut.$inferSelect;

/** Who did it, for the audit row that is written in the same transaction. It belongs to no tenant. */
export interface OperatorDeed {
  readonly operatorId: string;
  readonly fromAddress: string | null;
  readonly requestId: string | null;
  readonly reason: string | null;
  readonly at: Date;
}

/**
 * Records that a host or URL is not probed. `isVerified`: owners' own endpoints obey, too. What is recorded already
 * stays, and becomes verified when this one is. Runs as `operator`.
 */
export function insertOptOutAsOperator(
  pool: pg.Pool,
  request: NewOptOut & { readonly isVerified: boolean },
  deed: OperatorDeed,
): Promise<OptOutRow> {
  const { isVerified, ...columns } = request;
  return drizzle(pool).transaction(async (tx) => {
    await tx
      .insert(optOut)
      .values({ ...columns, requestedAt: deed.at })
      .onConflictDoNothing();
    const [row] = await tx
      .update(optOut)
      .set({
        verifiedAt: isVerified ? sql`coalesce(${optOut.verifiedAt}, ${deed.at})` : sql`${optOut.verifiedAt}`,
      })
      .where(
        and(eq(optOut.kind, request.kind), eq(optOut.target, request.target), isNull(optOut.withdrawnAt)),
      )
      .returning();
    if (row === undefined) {
      throw new Error("an opt-out that was recorded is there");
    }
    await tx.insert(auditLog).values(auditRow(deed, "opt-out.add", row.id, request));
    return row;
  });
}

/** Ends an opt-out; null when there is none in force of this id. `id` is a uuid. Runs as `operator`. */
export function withdrawOptOut(pool: pg.Pool, id: string, deed: OperatorDeed): Promise<OptOutRow | null> {
  return drizzle(pool).transaction(async (tx) => {
    const [row] = await tx
      .update(optOut)
      .set({ withdrawnAt: deed.at })
      .where(and(eq(optOut.id, id), isNull(optOut.withdrawnAt)))
      .returning();
    if (row === undefined) {
      return null;
    }
    await tx.insert(auditLog).values(auditRow(deed, "opt-out.withdraw", id, undefined));
    return row;
  });
}

/** Opt-outs in force, newest first; `beforeId` is the last one of the page before. Runs as `operator`. */
export async function listOptOutsAsOperator(
  pool: pg.Pool,
  page: { readonly beforeId: string | null; readonly limit: number },
): Promise<OptOutRow[]> {
  const before = sql`(SELECT o.requested_at FROM opt_out o WHERE o.id = ${page.beforeId}::uuid)`;
  return drizzle(pool)
    .select()
    .from(optOut)
    .where(
      and(
        isNull(optOut.withdrawnAt),
        page.beforeId === null
          ? undefined
          : sql`(${optOut.requestedAt}, ${optOut.id}) < (${before}, ${page.beforeId}::uuid)`,
      ),
    )
    .orderBy(desc(optOut.requestedAt), desc(optOut.id))
    .limit(page.limit);
}

const auditRow = (deed: OperatorDeed, action: string, targetId: string, content: unknown) => ({
  actorKind: "operator" as const,
  actorId: deed.operatorId,
  action,
  targetKind: "opt-out",
  targetId,
  reason: deed.reason,
  fromAddress: deed.fromAddress,
  requestId: deed.requestId,
  contentHash: content === undefined ? null : sha256Hex(canonicalJson(content as never)),
});
