/** Which of a tenant's alerts go where. `services/core/src/alert-rule.ts` reads `scope` and `hours`. */
import { and, asc, eq } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { alertRule } from "../schema/alert-rules.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

const SHOWN = {
  id: alertRule.id,
  name: alertRule.name,
  position: alertRule.position,
  isEnabled: alertRule.isEnabled,
  severities: alertRule.severities,
  scope: alertRule.scope,
  hours: alertRule.hours,
  sinkIds: alertRule.sinkIds,
  escalationPolicyId: alertRule.escalationPolicyId,
  createdAt: alertRule.createdAt,
  updatedAt: alertRule.updatedAt,
};
export type AlertRuleRow = Pick<typeof alertRule.$inferSelect, keyof typeof SHOWN>;

/** What a person says of a rule. */
export type AlertRuleColumns = Pick<
  AlertRuleRow,
  "name" | "isEnabled" | "severities" | "scope" | "hours" | "sinkIds" | "escalationPolicyId"
>;

/** The tenant's rules in their order. Leans on `alert_rule_by_tenant`. */
export function listAlertRules(scope: TenantScope, tx: Tx): Promise<AlertRuleRow[]> {
  return tx
    .select(SHOWN)
    .from(alertRule)
    .where(eq(alertRule.tenantId, scope.tenantId))
    .orderBy(asc(alertRule.position), asc(alertRule.id));
}

/** One rule of the tenant; null when it is another tenant's or nobody's. `id` is a uuid. */
export async function findAlertRule(scope: TenantScope, tx: Tx, id: string): Promise<AlertRuleRow | null> {
  const [row] = await tx
    .select(SHOWN)
    .from(alertRule)
    .where(and(eq(alertRule.tenantId, scope.tenantId), eq(alertRule.id, id)));
  return row ?? null;
}

/** Adds a rule behind the others. */
export async function insertAlertRule(
  scope: TenantScope,
  tx: Tx,
  { rule, at }: { readonly rule: AlertRuleColumns; readonly at: Date },
): Promise<AlertRuleRow> {
  const [row] = await tx
    .insert(alertRule)
    .values({
      ...rule,
      tenantId: scope.tenantId,
      position: sql`(SELECT coalesce(max(r.position), 0) + 1 FROM alert_rule r WHERE r.tenant_id = ${scope.tenantId})`,
      createdAt: at,
      updatedAt: at,
    })
    .returning(SHOWN);
  return row as AlertRuleRow;
}

/** Changes a rule of the tenant; null when there is none of this id. */
export async function updateAlertRule(
  scope: TenantScope,
  tx: Tx,
  input: { readonly id: string; readonly rule: AlertRuleColumns; readonly at: Date },
): Promise<AlertRuleRow | null> {
  const [row] = await tx
    .update(alertRule)
    .set({ ...input.rule, updatedAt: input.at })
    .where(and(eq(alertRule.tenantId, scope.tenantId), eq(alertRule.id, input.id)))
    .returning(SHOWN);
  return row ?? null;
}

export async function deleteAlertRule(scope: TenantScope, tx: Tx, id: string): Promise<void> {
  await tx.delete(alertRule).where(and(eq(alertRule.tenantId, scope.tenantId), eq(alertRule.id, id)));
}

/** Gives the rules their places in the order of these ids; ids that are not the tenant's are passed over. */
export async function orderAlertRules(scope: TenantScope, tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.execute(sql`
    UPDATE alert_rule r SET position = u.position
    FROM unnest(${sql.param([...ids])}::uuid[]) WITH ORDINALITY AS u (id, position)
    WHERE r.id = u.id AND r.tenant_id = ${scope.tenantId}`);
}
