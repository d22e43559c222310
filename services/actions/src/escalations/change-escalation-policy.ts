import { AppError } from "@alivemcp/core/app-error";
import { canonicalJson } from "@alivemcp/core/canonical-json";
import { escalationStepsSchema } from "@alivemcp/core/escalation";
import { plainText } from "@alivemcp/core/plain-text";
import { isUuid } from "@alivemcp/core/uuid";
import {
  deleteEscalationPolicy as deleteRow,
  type EscalationPolicyRow,
  findEscalationPolicy,
  insertEscalationPolicy,
  listEscalationPolicies as listRows,
  updateEscalationPolicy as updateRow,
} from "@alivemcp/db/queries/escalation-policies";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";
import { z } from "zod";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { read } from "../read.ts";
import { requirePlanFeature } from "../require-plan-feature.ts";
import { requireSinks } from "../rules/require-known.ts";

const POLICIES_MAX = 50;

export const escalationPolicySchema = z.strictObject({
  name: plainText(100),
  steps: escalationStepsSchema,
});
export type EscalationPolicyInput = z.output<typeof escalationPolicySchema>;

type PolicyDeps = Pick<ActionDeps, "pool" | "clock">;

/** The workspace's policies, as they were made. */
export function listEscalationPolicies(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
): Promise<EscalationPolicyRow[]> {
  return read(deps, caller, "rule.read", (tx) => listRows(caller.scope, tx));
}

/** One policy of the workspace. Throws `not_found`. */
export function getEscalationPolicy(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  id: string,
): Promise<EscalationPolicyRow> {
  return read(deps, caller, "rule.read", (tx) => getPolicyIn(caller.scope, tx, id));
}

/** Throws `limit_reached` outside the plan, `invalid` naming `steps` for sinks that are not the workspace's. */
export function createEscalationPolicy(
  deps: PolicyDeps,
  caller: Caller,
  policy: EscalationPolicyInput,
): Promise<EscalationPolicyRow> {
  return change(deps, caller, "rule.write", async (tx, tenant) => {
    requirePlanFeature(tenant.plan, "escalationPolicies");
    if ((await listRows(caller.scope, tx)).length >= POLICIES_MAX) {
      throw new AppError({
        code: "conflict",
        internal: "too many policies",
        public: `A workspace has at most ${POLICIES_MAX} escalation policies.`,
      });
    }
    await requireStepSinks(caller, tx, policy);
    const at = new Date(deps.clock.nowMs());
    const row = await insertEscalationPolicy(caller.scope, tx, { policy, at });
    return {
      result: row,
      audit: {
        deed: "escalation.create",
        targetKind: "escalation-policy",
        targetId: row.id,
        content: contentOf(policy),
      },
    };
  });
}

/** Replaces a policy; incidents that follow it go on with the new steps. */
export function updateEscalationPolicy(
  deps: PolicyDeps,
  caller: Caller,
  { id, policy }: { readonly id: string; readonly policy: EscalationPolicyInput },
): Promise<EscalationPolicyRow> {
  return change(deps, caller, "rule.write", async (tx, tenant) => {
    const before = await getPolicyIn(caller.scope, tx, id);
    requirePlanFeature(tenant.plan, "escalationPolicies");
    await requireStepSinks(caller, tx, policy);
    if (canonicalJson(contentOf(before)) === canonicalJson(contentOf(policy))) {
      return { result: before, audit: null };
    }
    const row = await updateRow(caller.scope, tx, { id, policy, at: new Date(deps.clock.nowMs()) });
    return {
      result: row ?? before,
      audit: {
        deed: "escalation.update",
        targetKind: "escalation-policy",
        targetId: id,
        content: contentOf(policy),
      },
    };
  });
}

/** Removes a policy; rules that follow it follow none. */
export function deleteEscalationPolicy(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  id: string,
): Promise<null> {
  return change(deps, caller, "rule.write", async (tx) => {
    await getPolicyIn(caller.scope, tx, id);
    await deleteRow(caller.scope, tx, id);
    return {
      result: null,
      audit: { deed: "escalation.delete", targetKind: "escalation-policy", targetId: id },
    };
  });
}

const requireStepSinks = (caller: Caller, tx: Tx, { steps }: EscalationPolicyInput) =>
  requireSinks(
    caller,
    tx,
    steps.flatMap(({ sinkIds }) => sinkIds),
    "steps",
  );

const contentOf = ({ name, steps }: { readonly name: string; readonly steps: readonly unknown[] }) =>
  ({ name, steps }) as never;

async function getPolicyIn(scope: TenantScope, tx: Tx, id: string): Promise<EscalationPolicyRow> {
  const row = isUuid(id) ? await findEscalationPolicy(scope, tx, id) : null;
  if (row === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such policy",
      public: "There is no such escalation policy in this workspace.",
    });
  }
  return row;
}
