import { AppError } from "@alivemcp/core/app-error";
import { SCOPES } from "@alivemcp/core/permissions";
import { PLAN_NAMES, type Plan } from "@alivemcp/core/plans";
import { findTenant } from "@alivemcp/db/queries/tenants";
import { withTenant } from "@alivemcp/db/tenant-scope";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, keyProblems, NEEDS_KEY } from "../open-api/answers.ts";
import { createRouter } from "../open-api/router.ts";

const limitsSchema = z
  .strictObject({
    endpoints: z.int(),
    private_endpoints: z.int(),
    cadence_s_min: z.int(),
    requests_per_minute: z.int(),
    members: z.int(),
    minute_history_days: z.int(),
    day_history_days: z.int(),
  })
  .openapi("PlanLimits");

const meSchema = z
  .strictObject({
    key: z
      .strictObject({ id: z.uuid(), scopes: z.array(z.enum(SCOPES)) })
      .nullable()
      .describe("Null for the operator key."),
    is_operator: z.boolean(),
    workspace: z.strictObject({
      id: z.uuid(),
      slug: z.string(),
      name: z.string(),
      is_suspended: z.boolean().describe("True: reading works, nothing can be changed."),
    }),
    plan: z.strictObject({ name: z.enum(PLAN_NAMES), limits: limitsSchema }),
  })
  .openapi("Me");

const whoAmI = createRoute({
  method: "get",
  path: "/",
  operationId: "whoAmI",
  tags: ["Key"],
  summary: "Whose key this is",
  description:
    "The workspace, the scopes and the plan behind the key. Any valid key may ask, whatever its scopes.",
  ...NEEDS_KEY,
  responses: { 200: answer("Who is asking.", meSchema), ...keyProblems() },
});

/** `GET /v1/me`: what a client asks first. */
export function meRoutes(deps: Pick<Deps, "pool">) {
  return createRouter().openapi(whoAmI, async (c) => {
    const { actor, scope } = c.var.caller;
    const tenant = await withTenant(scope, deps.pool, (tx) => findTenant(scope, tx));
    if (tenant === null) {
      throw new AppError({
        code: "unauthenticated",
        internal: "tenant is gone",
        public: "This workspace is gone.",
      });
    }
    return c.json(
      {
        key: actor.kind === "api-key" ? { id: actor.keyId, scopes: [...actor.scopes] } : null,
        is_operator: actor.kind === "operator",
        workspace: {
          id: tenant.id,
          slug: tenant.slug,
          name: tenant.name,
          is_suspended: tenant.suspendedAt !== null,
        },
        plan: { name: tenant.plan.name, limits: limitsOf(tenant.plan) },
      },
      200,
    );
  });
}

const limitsOf = (plan: Plan): z.infer<typeof limitsSchema> => ({
  endpoints: plan.endpointsMax,
  private_endpoints: plan.privateEndpointsMax,
  cadence_s_min: plan.cadenceSMin,
  requests_per_minute: plan.apiRequestsPerMinuteMax,
  members: plan.membersMax,
  minute_history_days: plan.minuteHistoryDays,
  day_history_days: plan.dayHistoryDays,
});
