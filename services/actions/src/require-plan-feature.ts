import { AppError } from "@alivemcp/core/app-error";
import { decidePlanFeature, type PlanFeature } from "@alivemcp/core/plan-limits";
import type { Plan } from "@alivemcp/core/plans";

/** Throws `limit_reached`, with who can lift it, unless the plan has this feature. */
export function requirePlanFeature(plan: Plan, feature: PlanFeature, field?: string): void {
  const decision = decidePlanFeature(plan, feature);
  if (decision.kind === "refused") {
    throw new AppError({
      code: "limit_reached",
      internal: `${feature} is not in ${plan.name}`,
      public: decision.sentence,
      ...(field !== undefined && { field }),
    });
  }
}
