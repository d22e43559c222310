import { type AlertRuleInput, RULES_MAX } from "@alivemcp/core/alert-rule";
import { AppError } from "@alivemcp/core/app-error";
import { canonicalJson, sha256Hex } from "@alivemcp/core/canonical-json";
import {
  type AlertRuleColumns,
  type AlertRuleRow,
  deleteAlertRule,
  insertAlertRule,
  listAlertRules,
  orderAlertRules,
  updateAlertRule,
} from "@alivemcp/db/queries/alert-rules";
import { wakeOpenIncidents } from "@alivemcp/db/queries/maintenance-windows";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { requirePlanFeature } from "../require-plan-feature.ts";
import { getRuleIn } from "./list-rules.ts";
import { requirePolicy, requireScope, requireSinks } from "./require-known.ts";
import { ruleWarnings } from "./rule-warnings.ts";

type RuleDeps = Pick<ActionDeps, "pool" | "clock">;

export interface SavedRule {
  readonly rule: AlertRuleRow;
  /** What is allowed but most likely not meant. */
  readonly warnings: readonly string[];
}

/** Names what an editor of a rule saw; serves as `ETag` and `If-Match`. */
export const ruleRevision = (row: AlertRuleRow): string =>
  sha256Hex(canonicalJson(columnsOf(row))).slice(0, 24);

const columnsOf = ({
  name,
  isEnabled,
  severities,
  scope,
  hours,
  sinkIds,
  escalationPolicyId,
}: AlertRuleColumns) => ({ name, isEnabled, severities, scope, hours, sinkIds, escalationPolicyId }) as never;

/**
 * Adds a rule behind the others. Throws `invalid` for sinks, endpoints and policies that are not the workspace's,
 * `limit_reached` for an escalation policy outside the plan, `conflict` when there are 100 rules.
 */
export function createRule(deps: RuleDeps, caller: Caller, input: AlertRuleInput): Promise<SavedRule> {
  return change(deps, caller, "rule.write", async (tx, tenant) => {
    if ((await listAlertRules(caller.scope, tx)).length >= RULES_MAX) {
      throw new AppError({
        code: "conflict",
        internal: "too many rules",
        public: `A workspace has at most ${RULES_MAX} rules.`,
      });
    }
    if (input.escalationPolicyId !== null) {
      requirePlanFeature(tenant.plan, "escalationPolicies", "escalation_policy_id");
    }
    const warnings = await judge(caller, tx, input);
    const at = new Date(deps.clock.nowMs());
    const rule = await insertAlertRule(caller.scope, tx, { rule: stored(input), at });
    await wakeOpenIncidents(caller.scope, tx, at);
    return {
      result: { rule, warnings },
      audit: { deed: "rule.create", targetKind: "rule", targetId: rule.id, content: columnsOf(rule) },
    };
  });
}

/** Replaces a rule. Throws `conflict` when `ifRevision` is not what it is now; otherwise as `createRule`. */
export function updateRule(
  deps: RuleDeps,
  caller: Caller,
  input: { readonly id: string; readonly rule: AlertRuleInput; readonly ifRevision?: string | undefined },
): Promise<SavedRule> {
  return change(deps, caller, "rule.write", async (tx, tenant) => {
    const before = await getRuleIn(caller.scope, tx, input.id);
    if (input.ifRevision !== undefined && input.ifRevision !== ruleRevision(before)) {
      throw new AppError({
        code: "conflict",
        internal: "revision has moved on",
        public: "Somebody changed this rule meanwhile. Load it again and repeat your change.",
        field: "revision",
      });
    }
    const { escalationPolicyId } = input.rule;
    if (escalationPolicyId !== null && escalationPolicyId !== before.escalationPolicyId) {
      requirePlanFeature(tenant.plan, "escalationPolicies", "escalation_policy_id");
    }
    const warnings = await judge(caller, tx, input.rule);
    const wanted = stored(input.rule);
    if (canonicalJson(columnsOf(wanted)) === canonicalJson(columnsOf(before))) {
      return { result: { rule: before, warnings }, audit: null };
    }
    const at = new Date(deps.clock.nowMs());
    const rule = await updateAlertRule(caller.scope, tx, { id: before.id, rule: wanted, at });
    await wakeOpenIncidents(caller.scope, tx, at);
    return {
      result: { rule: rule ?? before, warnings },
      audit: { deed: "rule.update", targetKind: "rule", targetId: before.id, content: columnsOf(wanted) },
    };
  });
}

/** Removes a rule; without any, everything but P4 goes to the default sink again. */
export function deleteRule(deps: RuleDeps, caller: Caller, id: string): Promise<null> {
  return change(deps, caller, "rule.write", async (tx) => {
    await getRuleIn(caller.scope, tx, id);
    await deleteAlertRule(caller.scope, tx, id);
    await wakeOpenIncidents(caller.scope, tx, new Date(deps.clock.nowMs()));
    return { result: null, audit: { deed: "rule.delete", targetKind: "rule", targetId: id } };
  });
}

/** Puts the rules into this order. Throws `invalid` naming `ids` unless it names each of them once. */
export function reorderRules(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  ids: readonly string[],
): Promise<AlertRuleRow[]> {
  return change(deps, caller, "rule.write", async (tx) => {
    const rules = await listAlertRules(caller.scope, tx);
    const isWhole = ids.length === rules.length && rules.every(({ id }) => ids.includes(id));
    if (!isWhole) {
      throw new AppError({
        code: "invalid",
        internal: "not a permutation of the rules",
        public: "Name each rule of the workspace once, in the new order.",
        field: "ids",
      });
    }
    if (rules.every(({ id }, place) => id === ids[place])) {
      return { result: rules, audit: null };
    }
    await orderAlertRules(caller.scope, tx, ids);
    return {
      result: await listAlertRules(caller.scope, tx),
      audit: { deed: "rule.reorder", targetKind: "rule", targetId: null, content: ids },
    };
  });
}

async function judge(caller: Caller, tx: Tx, input: AlertRuleInput): Promise<readonly string[]> {
  const sinks = await requireSinks(caller, tx, input.sinkIds);
  await requirePolicy(caller, tx, input.escalationPolicyId);
  return ruleWarnings(input, { sinks, watched: await requireScope(caller, tx, input.scope) });
}

const stored = ({ severities, sinkIds, ...rule }: AlertRuleInput): AlertRuleColumns => ({
  ...rule,
  severities: [...severities],
  sinkIds: [...sinkIds],
});
