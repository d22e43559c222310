import { and, eq, isNull } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { idempotencyKey } from "../schema/idempotency-key.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** One try to carry out the request of a key. Of several, only the one whose `attempt` is in the row may commit. */
export interface RequestAttempt {
  readonly callerId: string;
  readonly key: string;
  /** SHA-256 of what was asked. */
  readonly requestHash: string;
  readonly attempt: string;
}

export interface StoredRequest {
  readonly requestHash: string;
  readonly startedAtMs: number;
  /** The change was committed, whether or not its answer was kept. */
  readonly isDone: boolean;
  readonly answer: { readonly status: number; readonly sealed: Buffer } | null;
}

/**
 * Takes the key for this attempt: a key that is new, or older than `forgetBefore`, or was taken before `leaseBefore`
 * by an attempt that changed nothing. Null when it is taken; otherwise what is stored under it.
 */
export async function takeIdempotencyKey(
  scope: TenantScope,
  tx: Tx,
  attempt: RequestAttempt,
  times: { readonly at: Date; readonly leaseBefore: Date; readonly forgetBefore: Date },
): Promise<StoredRequest | null> {
  const { rowCount } = await tx.execute(sql`
    INSERT INTO idempotency_key AS k (tenant_id, caller_id, key, request_hash, attempt, started_at)
    VALUES (${scope.tenantId}, ${attempt.callerId}, ${attempt.key}, ${attempt.requestHash}, ${attempt.attempt}, ${times.at})
    ON CONFLICT (tenant_id, caller_id, key) DO UPDATE
      SET request_hash = excluded.request_hash, attempt = excluded.attempt, started_at = excluded.started_at,
        changed_at = NULL, status = NULL, answer = NULL
      WHERE k.started_at < ${times.forgetBefore}
        OR (k.started_at < ${times.leaseBefore} AND k.changed_at IS NULL AND k.status IS NULL)`);
  return rowCount === 1 ? null : findStoredRequest(scope, tx, attempt);
}

async function findStoredRequest(
  scope: TenantScope,
  tx: Tx,
  { callerId, key }: RequestAttempt,
): Promise<StoredRequest | null> {
  const [row] = await tx
    .select()
    .from(idempotencyKey)
    .where(
      and(
        eq(idempotencyKey.tenantId, scope.tenantId),
        eq(idempotencyKey.callerId, callerId),
        eq(idempotencyKey.key, key),
      ),
    );
  return row
    ? {
        requestHash: row.requestHash,
        startedAtMs: row.startedAt.getTime(),
        isDone: row.changedAt !== null || row.status !== null,
        answer:
          row.status === null || row.answer === null ? null : { status: row.status, sealed: row.answer },
      }
    : null;
}

const ofAttempt = (scope: TenantScope, { callerId, key, attempt }: RequestAttempt) =>
  and(
    eq(idempotencyKey.tenantId, scope.tenantId),
    eq(idempotencyKey.callerId, callerId),
    eq(idempotencyKey.key, key),
    eq(idempotencyKey.attempt, attempt),
  );

/** Notes, in the transaction of a change, that it is made. False when another attempt took the key over meanwhile. */
export async function markRequestDone(
  scope: TenantScope,
  tx: Tx,
  attempt: RequestAttempt,
  at: Date,
): Promise<boolean> {
  const rows = await tx
    .update(idempotencyKey)
    .set({ changedAt: at })
    .where(ofAttempt(scope, attempt))
    .returning({ key: idempotencyKey.key });
  return rows.length > 0;
}

/** Keeps the answer of a request that was carried out. */
export async function storeAnswer(
  scope: TenantScope,
  tx: Tx,
  attempt: RequestAttempt,
  answer: NonNullable<StoredRequest["answer"]>,
): Promise<void> {
  await tx
    .update(idempotencyKey)
    .set({ status: answer.status, answer: answer.sealed })
    .where(ofAttempt(scope, attempt));
}

/** Gives the key of a refused request back, unless something was changed after all. */
export async function releaseIdempotencyKey(
  scope: TenantScope,
  tx: Tx,
  attempt: RequestAttempt,
): Promise<void> {
  await tx.delete(idempotencyKey).where(and(ofAttempt(scope, attempt), isNull(idempotencyKey.changedAt)));
}
