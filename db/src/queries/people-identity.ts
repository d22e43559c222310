import type pg from "pg";

/**
 * Takes the one chance to make a person's first workspace: true for the first caller, false ever after and for who
 * belongs to a workspace already. Runs as `identity`.
 */
export async function claimWelcome(pool: pg.Pool, userId: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE users SET welcomed_at = now() WHERE id = $1 AND welcomed_at IS NULL
       AND NOT EXISTS (SELECT FROM members WHERE user_id = $1)`,
    [userId],
  );
  return rowCount === 1;
}

/** Gives the chance back after the workspace could not be made. */
export async function returnWelcome(pool: pg.Pool, userId: string): Promise<void> {
  await pool.query("UPDATE users SET welcomed_at = NULL WHERE id = $1", [userId]);
}

/** What a person proved about themselves; null when they are gone. Runs as `identity`. */
export async function findPerson(
  pool: pg.Pool,
  userId: string,
): Promise<{ readonly email: string; readonly isAddressProven: boolean } | null> {
  const { rows } = await pool.query<{ email: string; email_verified: boolean }>(
    "SELECT email, email_verified FROM users WHERE id = $1",
    [userId],
  );
  const [row] = rows;
  return row ? { email: row.email, isAddressProven: row.email_verified } : null;
}
