import type pg from "pg";

/**
 * Ends a person's sessions: all of them, or all but one. Returns how many. Runs as `identity`; a browser with one of
 * them is signed out with its next request.
 */
export async function deleteSessionsOfUser(
  pool: pg.Pool,
  userId: string,
  options: { readonly exceptSessionId?: string } = {},
): Promise<number> {
  const { rowCount } = await pool.query(
    "DELETE FROM sessions WHERE user_id = $1 AND ($2::uuid IS NULL OR id <> $2)",
    [userId, options.exceptSessionId ?? null],
  );
  return rowCount ?? 0;
}

/** Ends one session, if it is this person's. */
export async function deleteSession(
  pool: pg.Pool,
  session: { readonly id: string; readonly userId: string },
): Promise<boolean> {
  const { rowCount } = await pool.query("DELETE FROM sessions WHERE id = $1 AND user_id = $2", [
    session.id,
    session.userId,
  ]);
  return rowCount === 1;
}

export interface SessionRow {
  readonly id: string;
  readonly createdAt: Date;
  /** Last visit, to the day. */
  readonly seenAt: Date;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** A person's live sessions, the latest visit first; leans on sessions_by_user. */
export async function listSessions(pool: pg.Pool, userId: string): Promise<SessionRow[]> {
  const { rows } = await pool.query<SessionRow>(
    `SELECT id, created_at AS "createdAt", updated_at AS "seenAt", ip_address AS address, user_agent AS "userAgent"
     FROM sessions WHERE user_id = $1 AND expires_at > now() ORDER BY updated_at DESC, id LIMIT 200`,
    [userId],
  );
  return rows;
}

/** Removes sessions and single-use tokens that are over; returns how many. May run at any time, many times at once. */
export async function deleteExpired(pool: pg.Pool): Promise<number> {
  const sessions = await pool.query("DELETE FROM sessions WHERE expires_at < now()");
  const tokens = await pool.query("DELETE FROM verifications WHERE expires_at < now()");
  return (sessions.rowCount ?? 0) + (tokens.rowCount ?? 0);
}
