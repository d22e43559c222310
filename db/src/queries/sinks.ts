/** Places where a tenant's alerts go. What opens them lies sealed here, and is not among what is shown. */
import { and, asc, count, eq, ne } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { sink } from "../schema/sinks.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

const SHOWN = {
  id: sink.id,
  kind: sink.kind,
  name: sink.name,
  state: sink.state,
  shown: sink.shown,
  version: sink.version,
  isDefault: sink.isDefault,
  /** When the proof that waits runs out; null: none waits. */
  proofExpiresAt: sink.proofExpiresAt,
  proofTries: sink.proofTries,
  verifiedAt: sink.verifiedAt,
  reverifyAt: sink.reverifyAt,
  disabledAt: sink.disabledAt,
  disabledReason: sink.disabledReason,
  lastAttemptAt: sink.lastAttemptAt,
  lastOutcome: sink.lastOutcome,
  lastAnswer: sink.lastAnswer,
  failuresInARow: sink.failuresInARow,
  createdAt: sink.createdAt,
  updatedAt: sink.updatedAt,
};

/** A sink as it may be shown: nothing that opens it. */
export type SinkRow = Pick<typeof sink.$inferSelect, keyof typeof SHOWN>;

/** The tenant's sinks, the default first, then as they were made. Leans on `sink_by_tenant`. */
export function listSinks(scope: TenantScope, tx: Tx): Promise<SinkRow[]> {
  return tx
    .select(SHOWN)
    .from(sink)
    .where(eq(sink.tenantId, scope.tenantId))
    .orderBy(sql`${sink.isDefault} DESC`, asc(sink.createdAt), asc(sink.id));
}

/** One sink of the tenant; null when it is another tenant's or nobody's. `id` is a uuid. */
export async function findSink(scope: TenantScope, tx: Tx, id: string): Promise<SinkRow | null> {
  const [row] = await tx
    .select(SHOWN)
    .from(sink)
    .where(and(eq(sink.tenantId, scope.tenantId), eq(sink.id, id)));
  return row ?? null;
}

/** How many sinks the tenant has. */
export async function countSinks(scope: TenantScope, tx: Tx): Promise<number> {
  const [row] = await tx.select({ all: count() }).from(sink).where(eq(sink.tenantId, scope.tenantId));
  return row?.all ?? 0;
}

export type NewSink = Pick<
  typeof sink.$inferInsert,
  "kind" | "name" | "shown" | "sealed" | "sealingKeyId" | "createdBy" | "createdAt" | "isDefault"
> & {
  /** Made by the caller: the box is bound to it. */
  readonly id: string;
  readonly verifiedAt: Date | null;
};

/** Stores a sink, unverified unless it comes with its proof. */
export async function insertSink(scope: TenantScope, tx: Tx, input: NewSink): Promise<SinkRow> {
  const [row] = await tx
    .insert(sink)
    .values({
      ...input,
      tenantId: scope.tenantId,
      state: input.verifiedAt === null ? "unverified" : "verified",
      updatedAt: input.createdAt ?? new Date(0),
    })
    .returning(SHOWN);
  return row as SinkRow;
}

export type SinkChange = Partial<
  Pick<
    typeof sink.$inferInsert,
    | "name"
    | "state"
    | "shown"
    | "sealed"
    | "sealingKeyId"
    | "version"
    | "isDefault"
    | "proofHash"
    | "proofExpiresAt"
    | "proofTries"
    | "verifiedAt"
    | "disabledAt"
    | "disabledReason"
    | "failuresInARow"
  >
>;

/** Changes a sink of the tenant; null when there is none of this id. */
export async function updateSink(
  scope: TenantScope,
  tx: Tx,
  input: { readonly id: string; readonly change: SinkChange; readonly at: Date },
): Promise<SinkRow | null> {
  const [row] = await tx
    .update(sink)
    .set({ ...input.change, updatedAt: input.at })
    .where(and(eq(sink.tenantId, scope.tenantId), eq(sink.id, input.id)))
    .returning(SHOWN);
  return row ?? null;
}

/** Hash of the proof that a sink waits for; null when it waits for none. */
export async function findProofHash(scope: TenantScope, tx: Tx, id: string): Promise<string | null> {
  const [row] = await tx
    .select({ proofHash: sink.proofHash })
    .from(sink)
    .where(and(eq(sink.tenantId, scope.tenantId), eq(sink.id, id)));
  return row?.proofHash ?? null;
}

/** What is sealed of a sink; null when there is no such sink. */
export async function findSealedSink(
  scope: TenantScope,
  tx: Tx,
  id: string,
): Promise<Pick<typeof sink.$inferSelect, "sealed" | "sealingKeyId" | "version"> | null> {
  const [row] = await tx
    .select({ sealed: sink.sealed, sealingKeyId: sink.sealingKeyId, version: sink.version })
    .from(sink)
    .where(and(eq(sink.tenantId, scope.tenantId), eq(sink.id, id)));
  return row ?? null;
}

/** Removes a sink with all that was sent there, and takes it out of rules and escalation policies. */
export async function deleteSink(scope: TenantScope, tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`
    UPDATE alert_rule SET sink_ids = array_remove(sink_ids, ${id}::uuid)
    WHERE tenant_id = ${scope.tenantId} AND ${id}::uuid = ANY(sink_ids)`);
  await tx.execute(sql`
    UPDATE escalation_policy SET steps = (
      SELECT coalesce(jsonb_agg(jsonb_set(step, '{sinkIds}', (step -> 'sinkIds') - ${id}::text) ORDER BY position), '[]')
      FROM jsonb_array_elements(steps) WITH ORDINALITY AS s (step, position))
    WHERE tenant_id = ${scope.tenantId} AND steps::text LIKE '%' || ${id}::text || '%'`);
  await tx.delete(sink).where(and(eq(sink.tenantId, scope.tenantId), eq(sink.id, id)));
}

/** Makes this sink the one that gets alerts where no rule says otherwise. */
export async function makeDefaultSink(scope: TenantScope, tx: Tx, id: string): Promise<void> {
  await tx
    .update(sink)
    .set({ isDefault: false })
    .where(and(eq(sink.tenantId, scope.tenantId), eq(sink.isDefault, true), ne(sink.id, id)));
  await tx
    .update(sink)
    .set({ isDefault: true })
    .where(and(eq(sink.tenantId, scope.tenantId), eq(sink.id, id)));
}
