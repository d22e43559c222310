import {
  createEscalationPolicy,
  deleteEscalationPolicy,
  getEscalationPolicy,
  listEscalationPolicies,
  updateEscalationPolicy,
} from "@alivemcp/actions/escalations/change-escalation-policy";
import { requirePermission } from "@alivemcp/actions/require-permission";
import { listRules } from "@alivemcp/actions/rules/list-rules";
import { listSinks } from "@alivemcp/actions/sinks/get-sink";
import { escalationStepsSchema } from "@alivemcp/core/escalation";
import { decidePermission } from "@alivemcp/core/permissions";
import { decidePlanFeature } from "@alivemcp/core/plan-limits";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { escalationFormView } from "../escalations/escalation-form-view.ts";
import { escalationsView } from "../escalations/escalations-view.ts";
import {
  FRESH_POLICY,
  type PolicyValues,
  policyValues,
  postedPolicy,
  readPolicy,
} from "../escalations/policy-values.ts";
import { readPostedLists } from "../forms/posted-lists.ts";
import { type FormRefusal, refusalOf } from "../forms/refusal-of.ts";
import { renderPage } from "../render-page.ts";
import { toSinkChoice } from "../sinks/sink-choice.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const HOME = "/w/:workspace/escalations/:policy";
const NO_REFUSAL: FormRefusal = { problems: {}, status: 200 };

/** `/w/<workspace>/escalations`: who is told when nobody acknowledges. */
export function escalationRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/escalations", (c) => showPolicies(deps, c));
  routes.get("/w/:workspace/escalations/new", (c) => {
    requirePermission(c.var.workspace.caller, "rule.write");
    return showForm(deps, c, { policy: null, values: FRESH_POLICY, refusal: NO_REFUSAL });
  });
  routes.get(HOME, async (c) => {
    const policy = await getEscalationPolicy(deps, c.var.workspace.caller, c.req.param("policy"));
    return showForm(deps, c, { policy, values: policyValues(policy), refusal: NO_REFUSAL });
  });
  routes.post("/w/:workspace/escalations/new", (c) => saving(deps, c, null));
  routes.post(HOME, async (c) => {
    const { caller } = c.var.workspace;
    requirePermission(caller, "rule.write");
    return saving(deps, c, await getEscalationPolicy(deps, caller, c.req.param("policy")));
  });
  routes.post(`${HOME}/delete`, async (c) => {
    await deleteEscalationPolicy(deps, c.var.workspace.caller, c.req.param("policy"));
    c.var.flash({ tone: "good", text: "Deleted. Rules that used it tell their own sinks only." });
    return toPolicies(c);
  });
  return routes;
}

const toPolicies = (c: WebContext) => c.redirect(`/w/${c.var.workspace.tenant.slug}/escalations`, 303);

async function showPolicies(deps: Deps, c: WebContext): Promise<Response> {
  const { caller, tenant } = c.var.workspace;
  const [policies, rules, sinks] = await Promise.all([
    listEscalationPolicies(deps, caller),
    listRules(deps, caller),
    listSinks(deps, caller),
  ]);
  const feature = decidePlanFeature(tenant.plan, "escalationPolicies");
  const namesOf = (ids: readonly string[]) =>
    sinks.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  const body = escalationsView({
    policies: policies.map(({ id, name, steps }) => {
      const parsed = escalationStepsSchema.safeParse(steps);
      return {
        id,
        name,
        steps: (parsed.success ? parsed.data : []).map(({ afterMs, sinkIds }) => ({
          afterMs,
          sinkNames: namesOf(sinkIds),
        })),
        rules: rules.filter(({ escalationPolicyId }) => escalationPolicyId === id),
      };
    }),
    base: `/w/${tenant.slug}`,
    mayWrite: decidePermission(caller.actor, "rule.write").kind === "allowed",
    planRefusal: feature.kind === "refused" ? feature.sentence : null,
  });
  return c.html(await renderPage(c, { title: `Escalation of ${tenant.name}`, section: "alerting", body }));
}

type Edited = Awaited<ReturnType<typeof getEscalationPolicy>> | null;

/** Saves what was posted, or shows it again: with one more step, or with what is wrong. */
async function saving(deps: Deps, c: WebContext, policy: Edited): Promise<Response> {
  const { caller } = c.var.workspace;
  requirePermission(caller, "rule.write");
  const form = await readPostedLists(c);
  const values = postedPolicy(form);
  if (form.one("step") === "add") {
    return showForm(deps, c, { policy, values, refusal: NO_REFUSAL });
  }
  const read = readPolicy(values);
  if (read.kind === "refused") {
    return showForm(deps, c, { policy, values, refusal: { problems: read.problems, status: 400 } });
  }
  try {
    await (policy === null
      ? createEscalationPolicy(deps, caller, read.values)
      : updateEscalationPolicy(deps, caller, { id: policy.id, policy: read.values }));
    c.var.flash({ tone: "good", text: policy === null ? "Added. Choose it in a rule." : "Saved." });
    return toPolicies(c);
  } catch (err) {
    return showForm(deps, c, { policy, values, refusal: refusalOf(err, ["name", "steps"]) });
  }
}

async function showForm(
  deps: Deps,
  c: WebContext,
  input: { readonly policy: Edited; readonly values: PolicyValues; readonly refusal: FormRefusal },
): Promise<Response> {
  const { policy, values, refusal } = input;
  const { caller, tenant } = c.var.workspace;
  const sinks = await listSinks(deps, caller);
  const body = escalationFormView(c, {
    policy,
    values,
    sinks: sinks.map(toSinkChoice),
    mayWrite: decidePermission(caller.actor, "rule.write").kind === "allowed",
    problems: refusal.problems,
    base: `/w/${tenant.slug}`,
  });
  const title = policy === null ? "Add a policy" : policy.name;
  return c.html(await renderPage(c, { title, section: "alerting", body }), refusal.status);
}
