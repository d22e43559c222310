import { AppError } from "@alivemcp/core/app-error";
import { decidePlanLimit, type PlanLimitName } from "@alivemcp/core/plan-limits";
import type { Plan } from "@alivemcp/core/plans";

/**
 * Throws `limit_reached`, with what the limit is and who can lift it, unless the plan allows `wanted`: what there
 * would be after the change. Called inside `change`, whose lock keeps the count true until the commit.
 */
export function requirePlanLimit(
  plan: Plan,
  name: PlanLimitName,
  { wanted, field }: { readonly wanted: number; readonly field?: string },
): void {
  const decision = decidePlanLimit(plan, name, wanted);
  if (decision.kind === "refused") {
    throw new AppError({
      code: "limit_reached",
      internal: `${name}: ${wanted} of ${decision.limit}`,
      public: decision.sentence,
      ...(field !== undefined && { field }),
    });
  }
}
