/** Who of a tenant is told next when nobody answers. `services/core/src/escalation.ts` reads `steps`. */
import { and, asc, eq } from "drizzle-orm";
import { escalationPolicy } from "../schema/alert-rules.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

const SHOWN = {
  id: escalationPolicy.id,
  name: escalationPolicy.name,
  steps: escalationPolicy.steps,
  createdAt: escalationPolicy.createdAt,
  updatedAt: escalationPolicy.updatedAt,
};
export type EscalationPolicyRow = Pick<typeof escalationPolicy.$inferSelect, keyof typeof SHOWN>;
export type EscalationPolicyColumns = Pick<EscalationPolicyRow, "name" | "steps">;

/** The tenant's policies as they were made. Leans on `escalation_policy_by_tenant`. */
export function listEscalationPolicies(scope: TenantScope, tx: Tx): Promise<EscalationPolicyRow[]> {
  return tx
    .select(SHOWN)
    .from(escalationPolicy)
    .where(eq(escalationPolicy.tenantId, scope.tenantId))
    .orderBy(asc(escalationPolicy.createdAt), asc(escalationPolicy.id));
}

/** One policy of the tenant; null when it is another tenant's or nobody's. `id` is a uuid. */
export async function findEscalationPolicy(
  scope: TenantScope,
  tx: Tx,
  id: string,
): Promise<EscalationPolicyRow | null> {
  const [row] = await tx
    .select(SHOWN)
    .from(escalationPolicy)
    .where(and(eq(escalationPolicy.tenantId, scope.tenantId), eq(escalationPolicy.id, id)));
  return row ?? null;
}

export async function insertEscalationPolicy(
  scope: TenantScope,
  tx: Tx,
  { policy, at }: { readonly policy: EscalationPolicyColumns; readonly at: Date },
): Promise<EscalationPolicyRow> {
  const [row] = await tx
    .insert(escalationPolicy)
    .values({ ...policy, tenantId: scope.tenantId, createdAt: at, updatedAt: at })
    .returning(SHOWN);
  return row as EscalationPolicyRow;
}

/** Changes a policy of the tenant; null when there is none of this id. */
export async function updateEscalationPolicy(
  scope: TenantScope,
  tx: Tx,
  input: { readonly id: string; readonly policy: EscalationPolicyColumns; readonly at: Date },
): Promise<EscalationPolicyRow | null> {
  const [row] = await tx
    .update(escalationPolicy)
    .set({ ...input.policy, updatedAt: input.at })
    .where(and(eq(escalationPolicy.tenantId, scope.tenantId), eq(escalationPolicy.id, input.id)))
    .returning(SHOWN);
  return row ?? null;
}

/** Removes a policy; rules and open incidents that follow it follow none. */
export async function deleteEscalationPolicy(scope: TenantScope, tx: Tx, id: string): Promise<void> {
  await tx
    .delete(escalationPolicy)
    .where(and(eq(escalationPolicy.tenantId, scope.tenantId), eq(escalationPolicy.id, id)));
}
