import type pg from "pg";

/** Asks for a person to be erased; false when they asked before. Runs as `identity`; the archiver does it. */
export async function requestPersonErasure(pool: pg.Pool, userId: string, at: Date): Promise<boolean> {
  const { rowCount } = await pool.query(
    "UPDATE users SET deletion_requested_at = $2 WHERE id = $1 AND deletion_requested_at IS NULL",
    [userId, at],
  );
  return rowCount === 1;
}

/** Takes that back; false when there was nothing to take back. */
export async function cancelPersonErasure(pool: pg.Pool, userId: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    "UPDATE users SET deletion_requested_at = NULL WHERE id = $1 AND deletion_requested_at IS NOT NULL",
    [userId],
  );
  return rowCount === 1;
}

/** When a person asked to be erased; null when they did not. */
export async function findErasureRequest(pool: pg.Pool, userId: string): Promise<Date | null> {
  const { rows } = await pool.query<{ at: Date | null }>(
    "SELECT deletion_requested_at AS at FROM users WHERE id = $1",
    [userId],
  );
  return rows[0]?.at ?? null;
}

/** What a list of a person's data is read by; none of it opens anything. */
const LISTS: Readonly<Record<string, string>> = {
  profile: `SELECT to_jsonb(u) AS row FROM users u WHERE u.id = $1`,
  sessions: `SELECT to_jsonb(s) - '{user_id,token}'::text[] AS row FROM sessions s WHERE s.user_id = $1 ORDER BY s.created_at`,
  sign_in_methods: `SELECT jsonb_build_object('provider', a.provider_id, 'account', a.account_id, 'since', a.created_at) AS row
    FROM accounts a WHERE a.user_id = $1 ORDER BY a.created_at`,
  workspaces: `SELECT jsonb_build_object('name', t.name, 'address', t.slug, 'role', m.role, 'since', m.created_at) AS row
    FROM members m JOIN tenants t ON t.id = m.tenant_id WHERE m.user_id = $1 ORDER BY m.created_at`,
  invitations: `SELECT jsonb_build_object('workspace', t.name, 'role', i.role, 'sent', i.sent_at, 'expires', i.expires_at,
      'accepted', i.accepted_at, 'revoked', i.revoked_at) AS row
    FROM users u JOIN invitations i ON i.email = u.email JOIN tenants t ON t.id = i.tenant_id
    WHERE u.id = $1 ORDER BY i.created_at`,
  account_log: `SELECT to_jsonb(a) - 'tenant_id' AS row FROM audit_log a
    WHERE a.tenant_id IS NULL AND a.actor_id = $1::text ORDER BY a.id`,
};

/** Everything that is kept of a person beyond their workspaces, by list; no password, token or code. Runs as `identity`. */
export async function readPersonExport(
  pool: pg.Pool,
  userId: string,
): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const lists: Record<string, readonly unknown[]> = {};
  for (const [name, text] of Object.entries(LISTS)) {
    const { rows } = await pool.query<{ row: unknown }>(text, [userId]);
    lists[name] = rows.map(({ row }) => row);
  }
  return lists;
}
