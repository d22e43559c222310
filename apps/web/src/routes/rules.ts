import { listEscalationPolicies } from "@alivemcp/actions/escalations/change-escalation-policy";
import { requirePermission } from "@alivemcp/actions/require-permission";
import { createRule, deleteRule, reorderRules, updateRule } from "@alivemcp/actions/rules/change-rule";
import { getRule, listRules } from "@alivemcp/actions/rules/list-rules";
import { previewRoute } from "@alivemcp/actions/rules/preview-route";
import { listSinks } from "@alivemcp/actions/sinks/get-sink";
import { listWatchedNames } from "@alivemcp/actions/watched/list-watched-names";
import { ALERT_SEVERITIES, type AlertSeverity } from "@alivemcp/core/alert-severity";
import { decidePermission } from "@alivemcp/core/permissions";
import { Hono } from "hono";
import { EVENT_WORDS } from "../deliveries/delivery-words.ts";
import type { Deps } from "../deps.ts";
import { readPostedLists } from "../forms/posted-lists.ts";
import { postedText } from "../forms/read-form.ts";
import { type FormRefusal, refusalOf } from "../forms/refusal-of.ts";
import type { DecisionLine } from "../incidents/decision-list.ts";
import { renderPage } from "../render-page.ts";
import { previewView } from "../rules/preview-view.ts";
import { ruleFormView } from "../rules/rule-form-view.ts";
import {
  FRESH_RULE,
  postedRule,
  RULE_FIELDS,
  type RuleValues,
  readRule,
  ruleValues,
} from "../rules/rule-values.ts";
import { rulesView } from "../rules/rules-view.ts";
import { scopeChoices } from "../rules/scope-fields.ts";
import { toRuleLine } from "../rules/to-rule-line.ts";
import { toSinkChoice } from "../sinks/sink-choice.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const HOME = "/w/:workspace/rules/:rule";
/** Of an empty address: the first severity is the one that pages. */
const NO_REFUSAL: FormRefusal = { problems: {}, status: 200 };

/** `/w/<workspace>/rules`: which alerts go to which sinks, and what would happen. */
export function ruleRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/rules", (c) => showRules(deps, c));
  routes.get("/w/:workspace/rules/preview", (c) => showPreview(deps, c));
  routes.get("/w/:workspace/rules/new", (c) => {
    requirePermission(c.var.workspace.caller, "rule.write");
    return showForm(deps, c, { rule: null, values: FRESH_RULE, refusal: NO_REFUSAL });
  });
  routes.get(HOME, async (c) => {
    const rule = await getRule(deps, c.var.workspace.caller, c.req.param("rule"));
    return showForm(deps, c, { rule, values: ruleValues(rule), refusal: NO_REFUSAL });
  });
  routes.post("/w/:workspace/rules/new", (c) => saving(deps, c, null));
  routes.post(HOME, async (c) => {
    requirePermission(c.var.workspace.caller, "rule.write");
    return saving(deps, c, await getRule(deps, c.var.workspace.caller, c.req.param("rule")));
  });
  routes.post(`${HOME}/delete`, async (c) => {
    await deleteRule(deps, c.var.workspace.caller, c.req.param("rule"));
    c.var.flash({ tone: "good", text: "Deleted." });
    return toRules(c);
  });
  routes.post(`${HOME}/move`, async (c) => {
    const { caller } = c.var.workspace;
    requirePermission(caller, "rule.write");
    const { id } = await getRule(deps, caller, c.req.param("rule"));
    const ids = (await listRules(deps, caller)).map((rule) => rule.id);
    const by = (await postedText(c, "direction")) === "up" ? -1 : 1;
    await reorderRules(deps, caller, moved(ids, id, by));
    return toRules(c);
  });
  return routes;
}

const toRules = (c: WebContext) => c.redirect(`/w/${c.var.workspace.tenant.slug}/rules`, 303);

/** The ids with one of them a place earlier or later; at the ends as they are. */
function moved(ids: readonly string[], id: string, by: -1 | 1): readonly string[] {
  const from = ids.indexOf(id);
  const to = Math.min(Math.max(from + by, 0), ids.length - 1);
  const others = ids.filter((one) => one !== id);
  return [...others.slice(0, to), id, ...others.slice(to)];
}

async function showRules(deps: Deps, c: WebContext): Promise<Response> {
  const { caller, tenant } = c.var.workspace;
  const [rules, sinks, policies, endpoints] = await Promise.all([
    listRules(deps, caller),
    listSinks(deps, caller),
    listEscalationPolicies(deps, caller),
    listWatchedNames(deps, caller),
  ]);
  const known = { sinks, policies, endpoints };
  const fallback = sinks.find(({ isDefault }) => isDefault);
  const body = rulesView(c, {
    rules: rules.map((rule) => toRuleLine(rule, known)),
    defaultSink:
      fallback === undefined
        ? null
        : { id: fallback.id, name: fallback.name, isVerified: fallback.state === "verified" },
    base: `/w/${tenant.slug}`,
    mayWrite: decidePermission(caller.actor, "rule.write").kind === "allowed",
  });
  return c.html(await renderPage(c, { title: `Rules of ${tenant.name}`, section: "alerting", body }));
}

type Edited = Awaited<ReturnType<typeof getRule>> | null;

/** Saves what was posted, or shows it again: with one more row of hours, or with what is wrong. */
async function saving(deps: Deps, c: WebContext, rule: Edited): Promise<Response> {
  const { caller } = c.var.workspace;
  requirePermission(caller, "rule.write");
  const form = await readPostedLists(c);
  const values = postedRule(form);
  if (form.one("step") === "add-hours") {
    return showForm(deps, c, { rule, values, refusal: NO_REFUSAL });
  }
  const read = readRule(values);
  if (read.kind === "refused") {
    return showForm(deps, c, { rule, values, refusal: { problems: read.problems, status: 400 } });
  }
  try {
    const { warnings } =
      rule === null
        ? await createRule(deps, caller, read.values)
        : await updateRule(deps, caller, { id: rule.id, rule: read.values });
    const text = [rule === null ? "Added." : "Saved.", ...warnings].join(" ").slice(0, 500);
    c.var.flash({ tone: warnings.length === 0 ? "good" : "bad", text });
    return toRules(c);
  } catch (err) {
    const { problems, status } = refusalOf(err, [
      "name",
      "severities",
      "scope",
      "hours",
      ...Object.keys(RULE_FIELDS),
    ]);
    const renamed = Object.entries(problems).map(([field, text]) => [RULE_FIELDS[field] ?? field, text]);
    const refusal = { problems: Object.fromEntries(renamed), status };
    return showForm(deps, c, { rule, values, refusal });
  }
}

async function showForm(
  deps: Deps,
  c: WebContext,
  input: { readonly rule: Edited; readonly values: RuleValues; readonly refusal: FormRefusal },
): Promise<Response> {
  const { rule, values, refusal } = input;
  const { caller, tenant } = c.var.workspace;
  const [sinks, policies, endpoints] = await Promise.all([
    listSinks(deps, caller),
    listEscalationPolicies(deps, caller),
    listWatchedNames(deps, caller),
  ]);
  const body = ruleFormView(c, {
    rule,
    values,
    choices: scopeChoices(endpoints),
    sinks: sinks.map(toSinkChoice),
    policies,
    mayWrite: decidePermission(caller.actor, "rule.write").kind === "allowed",
    problems: refusal.problems,
    base: `/w/${tenant.slug}`,
  });
  const title = rule === null ? "Add a rule" : rule.name;
  return c.html(await renderPage(c, { title, section: "alerting", body }), refusal.status);
}

const LOCAL_MINUTE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

async function showPreview(deps: Deps, c: WebContext): Promise<Response> {
  const { caller, tenant } = c.var.workspace;
  const endpoints = await listWatchedNames(deps, caller);
  const { endpoint = "", severity = "P1", at = "" } = c.req.query();
  const nowMs = deps.clock.nowMs();
  const atMs = at === "" ? nowMs : LOCAL_MINUTE.test(at) ? Date.parse(`${at}Z`) : Number.NaN;
  const wanted = ALERT_SEVERITIES.find((one) => one === severity);
  const isAsked = endpoint !== "";
  const problem =
    wanted === undefined || Number.isNaN(atMs) ? "Choose a severity, and a date with a time." : null;
  const decisions =
    isAsked && problem === null && wanted !== undefined
      ? await previewed(deps, c, { endpoint, severity: wanted, atMs })
      : null;
  const body = previewView({
    endpoints,
    query: { endpoint, severity, at },
    decisions,
    problem: isAsked ? problem : null,
    base: `/w/${tenant.slug}`,
    nowMs,
  });
  return c.html(await renderPage(c, { title: "What would happen?", section: "alerting", body }));
}

async function previewed(
  deps: Deps,
  c: WebContext,
  input: { readonly endpoint: string; readonly severity: AlertSeverity; readonly atMs: number },
): Promise<readonly DecisionLine[]> {
  const decisions = await previewRoute(deps, c.var.workspace.caller, input);
  return decisions.map(({ verdict, event, sinkId, sinkName, ruleId, ruleName, sentence }) => ({
    atMs: input.atMs,
    verdict,
    about: EVENT_WORDS[event],
    sink: sinkId === null ? null : { id: sinkId, name: sinkName ?? "" },
    rule: ruleId === null ? null : { id: ruleId, name: ruleName ?? "" },
    why: sentence,
  }));
}
