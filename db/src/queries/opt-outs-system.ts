import type { OptOut } from "@alivemcp/core/opt-out";
import { asc, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { optOut } from "../schema/opt-out.ts";

/** Every opt-out in force, oldest first. */
export async function listOptOuts(pool: pg.Pool): Promise<readonly OptOut[]> {
  const rows = await drizzle(pool)
    .select()
    .from(optOut)
    .where(isNull(optOut.withdrawnAt))
    .orderBy(asc(optOut.requestedAt));
  return rows.map(({ kind, target, verifiedAt }) => ({ kind, target, isVerified: verifiedAt !== null }));
}
