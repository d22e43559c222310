/** Subscriptions of people and programs outside of any workspace. Runs as `identity`. */
import type pg from "pg";

export interface NewSubscriber {
  readonly id: string;
  readonly endpointId: string;
  readonly kind: "email" | "webhook";
  readonly targetHash: string;
  readonly sealed: unknown;
  readonly sealingKeyId: string;
  readonly endHash: string;
}

/**
 * Records who asked, or renews the token of who asked before and has not confirmed. False: it is confirmed already, and
 * nothing was changed.
 */
export async function insertUnconfirmedSubscriber(
  pool: pg.Pool,
  asked: NewSubscriber & { readonly confirmHash: string; readonly confirmUntil: Date },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `INSERT INTO subscriber (id, endpoint_id, kind, target_hash, sealed, sealing_key_id, end_hash, confirm_hash, confirm_until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT ON CONSTRAINT subscriber_once DO UPDATE
       SET confirm_hash = excluded.confirm_hash, confirm_until = excluded.confirm_until
       WHERE subscriber.confirmed_at IS NULL`,
    [...columns(asked), asked.confirmHash, asked.confirmUntil],
  );
  return rowCount === 1;
}

/** Records a program that has just proven itself. One that was there before is replaced: secret and link are new. */
export async function insertConfirmedSubscriber(
  pool: pg.Pool,
  proven: NewSubscriber & { readonly confirmedAt: Date },
): Promise<void> {
  await pool.query(
    `INSERT INTO subscriber (id, endpoint_id, kind, target_hash, sealed, sealing_key_id, end_hash, confirmed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT ON CONSTRAINT subscriber_once DO UPDATE
       SET id = excluded.id, sealed = excluded.sealed, sealing_key_id = excluded.sealing_key_id,
         end_hash = excluded.end_hash, confirmed_at = excluded.confirmed_at, failures = 0`,
    [...columns(proven), proven.confirmedAt],
  );
}

const columns = (row: NewSubscriber) => [
  row.id,
  row.endpointId,
  row.kind,
  row.targetHash,
  JSON.stringify(row.sealed),
  row.sealingKeyId,
  row.endHash,
];

/** Uses up a token; false when it is unknown, used or too old. Leans on the unique `confirm_hash`. */
export async function confirmSubscriber(
  pool: pg.Pool,
  input: { readonly confirmHash: string; readonly at: Date },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE subscriber SET confirmed_at = $2, confirm_hash = NULL, confirm_until = NULL
     WHERE confirm_hash = $1 AND confirm_until > $2`,
    [input.confirmHash, input.at],
  );
  return rowCount === 1;
}

/** Forgets a subscriber with everything that waited for it; doing it again does nothing. */
export async function deleteSubscriber(pool: pg.Pool, endHash: string): Promise<void> {
  await pool.query("DELETE FROM subscriber WHERE end_hash = $1", [endHash]);
}
