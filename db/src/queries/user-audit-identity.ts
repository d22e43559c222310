import { canonicalJson, sha256Hex } from "@alivemcp/core/canonical-json";
import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { auditLog } from "../schema/audit-log.ts";

export interface NewUserAuditRow {
  readonly userId: string;
  /** Such as `account.change_password`. */
  readonly action: string;
  readonly fromAddress: string | null;
  readonly requestId: string | null;
  /** What was written, without secrets; only its hash is kept. */
  readonly content?: unknown;
}

/** Records what a person did to their own account, right after it was done. Runs as `identity`; belongs to no tenant. */
export async function insertUserAuditRow(pool: pg.Pool, row: NewUserAuditRow): Promise<void> {
  const { userId, content, ...columns } = row;
  await drizzle(pool)
    .insert(auditLog)
    .values({
      ...columns,
      actorKind: "user",
      actorId: userId,
      targetKind: "user",
      targetId: userId,
      contentHash: content === undefined ? null : sha256Hex(canonicalJson(content)),
    });
}
