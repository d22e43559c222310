import type pg from "pg";

export interface NewOptOut {
  readonly kind: "domain" | "host" | "url";
  readonly target: string;
  readonly contact: string | null;
  readonly note: string | null;
}

/**
 * Records that somebody asked not to be probed. Unclaimed endpoints obey within the hour. Asking twice is asking once.
 * Runs as `app`, which may add requests and cannot read them.
 */
export async function insertOptOut(pool: pg.Pool, request: NewOptOut): Promise<void> {
  await pool.query(
    `INSERT INTO opt_out (kind, target, contact, note) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING`,
    [request.kind, request.target, request.contact, request.note],
  );
}
