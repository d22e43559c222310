/** What sending learns about a sink, across tenants. */
import type { SendOutcomeKind, SinkKind } from "@alivemcp/core/sink-kind";
import type pg from "pg";

/** How a sink stood before a try; null fields: it never failed since it last worked. */
export interface SinkRecord {
  readonly failuresInARow: number;
  readonly failingSinceMs: number | null;
}

export interface SinkTry {
  readonly sinkId: string;
  readonly atMs: number;
  readonly outcome: SendOutcomeKind;
  /** What it answered, one line without secrets. */
  readonly answer: string | null;
}

/** Writes how the sink answered last. A later try that was written first stays. */
export async function noteSinkTry(client: pg.ClientBase, tried: SinkTry): Promise<void> {
  await client.query(
    `UPDATE sink SET last_attempt_at = $2, last_outcome = $3, last_answer = $4,
       failures_in_a_row = CASE WHEN $3 = 'sent' THEN 0 ELSE failures_in_a_row + 1 END,
       failing_since = CASE WHEN $3 = 'sent' THEN NULL ELSE coalesce(failing_since, $2) END
     WHERE id = $1 AND (last_attempt_at IS NULL OR last_attempt_at <= $2)`,
    [tried.sinkId, new Date(tried.atMs), tried.outcome, tried.answer],
  );
}

/**
 * Gives a sink up unless it was changed meanwhile; false when it was, or is disabled already. Nothing is sent there
 * until its owner proves it anew.
 */
export async function disableSink(
  client: pg.ClientBase,
  input: {
    readonly sinkId: string;
    readonly version: number;
    readonly reason: string;
    readonly atMs: number;
  },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE sink SET state = 'disabled', disabled_at = $3, disabled_reason = $4, reverify_at = NULL, updated_at = $3
     WHERE id = $1 AND version = $2 AND state <> 'disabled'`,
    [input.sinkId, input.version, new Date(input.atMs), input.reason],
  );
  return rowCount === 1;
}

/** Takes the receiver's own proof: the sink, with the settings of this version, is its tenant's. False when it was changed meanwhile or is proven already. */
export async function verifySink(
  client: pg.ClientBase,
  input: { readonly sinkId: string; readonly version: number; readonly atMs: number },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE sink SET state = 'verified', verified_at = $3, proof_hash = NULL, proof_expires_at = NULL, proof_tries = 0,
       updated_at = $3
     WHERE id = $1 AND version = $2 AND state = 'unverified'`,
    [input.sinkId, input.version, new Date(input.atMs)],
  );
  return rowCount === 1;
}

export interface OtherSink {
  readonly id: string;
  readonly kind: SinkKind;
  readonly name: string;
}

/** The tenant's verified sinks but this one: its default, then e-mail, then the rest as they were made. At most 50. */
export async function listOtherSinks(
  client: pg.ClientBase,
  input: { readonly tenantId: string; readonly sinkId: string },
): Promise<readonly OtherSink[]> {
  const { rows } = await client.query<OtherSink>(
    `SELECT id, kind, name FROM sink WHERE tenant_id = $1 AND id <> $2 AND state = 'verified'
     ORDER BY is_default DESC, kind = 'email' DESC, created_at, id LIMIT 50`,
    [input.tenantId, input.sinkId],
  );
  return rows;
}

/** A sink whose settings lie under an older key. */
export interface OldlySealedSink {
  readonly tenantId: string;
  readonly sinkId: string;
  readonly version: number;
  readonly sealed: unknown;
  readonly sealingKeyId: string;
}

/** Sinks not sealed to this key, after an id, in the order of ids. Leans on `sink_by_sealing_key` when there are few. */
export async function listOldlySealedSinks(
  pool: pg.Pool,
  input: { readonly keyId: string; readonly afterId: string; readonly limit: number },
): Promise<readonly OldlySealedSink[]> {
  const { rows } = await pool.query<OldlySealedSink>(
    `SELECT tenant_id AS "tenantId", id AS "sinkId", version, sealed, sealing_key_id AS "sealingKeyId" FROM sink
     WHERE sealing_key_id <> $1 AND id > $2 ORDER BY id LIMIT $3`,
    [input.keyId, input.afterId, input.limit],
  );
  return rows;
}

/** Puts the same settings back under another key, unless they were changed meanwhile. */
export async function resealSink(
  pool: pg.Pool,
  input: OldlySealedSink & { readonly resealed: unknown; readonly newKeyId: string },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE sink SET sealed = $4, sealing_key_id = $5 WHERE id = $1 AND version = $2 AND sealed = $3::jsonb`,
    [
      input.sinkId,
      input.version,
      JSON.stringify(input.sealed),
      JSON.stringify(input.resealed),
      input.newKeyId,
    ],
  );
  return rowCount === 1;
}

/** A sink that is to be asked whether it is still there. */
export interface SinkToRecheck extends SinkRecord {
  readonly tenantId: string;
  readonly tenantSlug: string;
  readonly id: string;
  readonly kind: SinkKind;
  readonly name: string;
  readonly version: number;
  readonly sealed: unknown;
  readonly sealingKeyId: string;
}

/**
 * Takes verified sinks of these kinds whose time has come, the longest waiting first, and puts their next time into the
 * future: two processes never take the same one, and one that dies with some lets them wait for their next turn.
 */
export async function takeSinksToRecheck(
  pool: pg.Pool,
  input: {
    readonly kinds: readonly SinkKind[];
    readonly atMs: number;
    readonly everyMs: number;
    readonly limit: number;
  },
): Promise<readonly SinkToRecheck[]> {
  const { rows } = await pool.query<SinkToRecheck>(
    `WITH due AS (
       SELECT id FROM sink WHERE state = 'verified' AND kind = ANY($1)
         AND coalesce(reverify_at, verified_at + make_interval(secs => $3)) <= $2
       ORDER BY coalesce(reverify_at, verified_at) LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED),
     taken AS (
       UPDATE sink SET reverify_at = $2::timestamptz + make_interval(secs => $3)
       WHERE id IN (SELECT id FROM due) RETURNING *)
     SELECT t.tenant_id AS "tenantId", w.slug AS "tenantSlug", t.id, t.kind, t.name, t.version, t.sealed,
       t.sealing_key_id AS "sealingKeyId", t.failures_in_a_row AS "failuresInARow",
       round(extract(epoch FROM t.failing_since) * 1000)::float8 AS "failingSinceMs"
     FROM taken t JOIN tenants w ON w.id = t.tenant_id`,
    [input.kinds, new Date(input.atMs), input.everyMs / 1_000, input.limit],
  );
  return rows;
}
