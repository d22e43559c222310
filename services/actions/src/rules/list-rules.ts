import { AppError } from "@alivemcp/core/app-error";
import { isUuid } from "@alivemcp/core/uuid";
import { type AlertRuleRow, findAlertRule, listAlertRules } from "@alivemcp/db/queries/alert-rules";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** The workspace's rules in their order; none: everything but P4 goes to the default sink, always. */
export function listRules(deps: Pick<ActionDeps, "pool">, caller: Caller): Promise<AlertRuleRow[]> {
  return read(deps, caller, "rule.read", (tx) => listAlertRules(caller.scope, tx));
}

/** One rule of the workspace. Throws `not_found`. */
export function getRule(deps: Pick<ActionDeps, "pool">, caller: Caller, id: string): Promise<AlertRuleRow> {
  return read(deps, caller, "rule.read", (tx) => getRuleIn(caller.scope, tx, id));
}

/** The same inside a transaction of the caller's. */
export async function getRuleIn(scope: TenantScope, tx: Tx, id: string): Promise<AlertRuleRow> {
  const row = isUuid(id) ? await findAlertRule(scope, tx, id) : null;
  if (row === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such rule",
      public: "There is no such rule in this workspace.",
    });
  }
  return row;
}
