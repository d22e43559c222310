import { decidePlanFit } from "@alivemcp/core/plan-fit";
import { PLANS, type PlanName } from "@alivemcp/core/plans";
import { listMembers } from "@alivemcp/db/queries/members";
import { applyPlanFit, listWatchedUses, updateTenantPlan } from "@alivemcp/db/queries/plan-fit";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { plainMail } from "../plain-mail.ts";
import type { TellMembersDeps } from "./delete-workspace.ts";

/** How long what exceeds a smaller plan is kept; the archiver erases it afterwards. */
export const EXCESS_KEPT_MS = 30 * 86_400_000;

export interface AppliedPlan {
  readonly plan: PlanName;
  readonly paused: number;
  readonly restored: number;
  readonly slowed: number;
}

/**
 * Puts a workspace on a plan: pauses what exceeds it (newest first), lets run again what an earlier plan had paused and
 * this one allows, slows what is faster than it allows; deletes nothing. The owner is told by mail when something was
 * paused. Members beyond the plan stay; nobody new joins. Idempotent. `operatorPool` logs in as `operator`.
 */
export async function applyPlan(
  deps: Omit<TellMembersDeps, "pool"> & { readonly operatorPool: Pool },
  caller: Caller,
  { plan, reason }: { readonly plan: PlanName; readonly reason?: string },
): Promise<AppliedPlan> {
  const nowMs = deps.clock.nowMs();
  const at = new Date(nowMs);
  const applied = await change(
    { pool: deps.operatorPool },
    caller,
    "workspace.set_plan",
    async (tx, tenant) => {
      const fit = decidePlanFit(PLANS[plan], await listWatchedUses(caller.scope, tx));
      const isAsBefore =
        fit.pause.length + fit.restore.length + fit.slow.length === 0 && tenant.plan.name === plan;
      if (!isAsBefore) {
        await applyPlanFit(caller.scope, tx, fit, at);
      }
      if (tenant.plan.name !== plan) {
        await updateTenantPlan(caller.scope, tx, { plan, at });
      }
      const content = { plan, ...fit };
      return {
        result: { tenant, fit, members: await listMembers(caller.scope, tx) },
        audit: isAsBefore
          ? null
          : {
              targetKind: "workspace",
              targetId: tenant.id,
              content,
              ...(reason !== undefined && { reason }),
            },
      };
    },
  );
  const { tenant, fit, members } = applied;
  const owner = members.find(({ role }) => role === "owner");
  if (fit.pause.length > 0 && owner !== undefined) {
    const day = new Date(nowMs + EXCESS_KEPT_MS).toISOString().slice(0, 10);
    deps.mailer.post(
      plainMail({
        to: owner.email,
        subject: `${fit.pause.length} endpoints of ${tenant.name} are paused`,
        before: [
          `The workspace “${tenant.name}” is on the plan ${plan} now, which allows ${PLANS[plan].endpointsMax} endpoints. The newest ${fit.pause.length} beyond it are paused.`,
          `Nothing was deleted. They are kept until ${day} and run again with a larger plan, or when you delete others.`,
        ],
        link: { url: `${deps.appUrl}/w/${tenant.slug}/`, label: "Open the workspace" },
      }),
    );
  }
  return { plan, paused: fit.pause.length, restored: fit.restore.length, slowed: fit.slow.length };
}
