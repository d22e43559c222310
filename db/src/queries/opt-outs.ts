import type pg from "pg";
import type { optOut } from "../schema/opt-out.ts";

export type NewOptOut = Pick<typeof optOut.$inferInsert, "kind" | "target" | "contact" | "note">;

/**
 * Records that somebody asked not to be probed; the same request again changes nothing. In force at once for
 * endpoints nobody claimed. Tenants' own endpoints stop only after an operator verified the request.
 */
export async function insertOptOut(pool: pg.Pool, request: NewOptOut): Promise<void> {
  // Plain text: the role may write these four columns and no other, not even their defaults.
  await pool.query(
    "INSERT INTO opt_out (kind, target, contact, note) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    [request.kind, request.target, request.contact ?? null, request.note ?? null],
  );
}
