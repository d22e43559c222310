import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { alertingTabs } from "../views/alerting-tabs.ts";
import { postButton } from "../views/post-button.ts";
import type { WebContext } from "../web-env.ts";
import { type RuleLine, ruleWords } from "./rule-words.ts";

export interface RulesModel {
  /** In order. */
  readonly rules: readonly RuleLine[];
  /** What holds as long as there is no rule; null: no verified sink, so nobody is told. */
  readonly defaultSink: { readonly id: string; readonly name: string; readonly isVerified: boolean } | null;
  readonly base: string;
  readonly mayWrite: boolean;
}

/** Who is told of what, and when. */
export function rulesView(c: WebContext, model: RulesModel): Html {
  const { rules, base, mayWrite } = model;
  return html`<div class="title-row"><h1>Rules</h1><p class="actions">${mayWrite ? html`<a class="button" href="${base}/rules/new">Add a rule</a> ` : ""}<a class="button quiet" href="${base}/rules/preview">What would happen?</a></p></div>
${alertingTabs(base, "rules")}
<p class="lead">Which alerts go to which sinks, and when. Every rule that fits counts; a sink that several name is told once.</p>
${rules.length === 0 ? defaultRule(model) : html`<ol class="rules">${rules.map((rule, index) => ruleItem(c, model, { rule, index }))}</ol>`}`;
}

function defaultRule({ defaultSink, base, mayWrite }: RulesModel): Html {
  const target =
    defaultSink === null
      ? html`nobody: <a href="${base}/sinks">there is no default sink</a>`
      : html`<a href="${base}/sinks/${defaultSink.id}">${defaultSink.name}</a>${defaultSink.isVerified ? "" : " (not verified)"}`;
  return html`<div class="card"><h2>As long as there is no rule <span class="tag">default</span></h2>
<p>P1, P2 and P3 of all endpoints, always → ${target}</p>
<p class="faint">P4 is in the weekly digest only. ${mayWrite ? "Your first rule takes the place of this one." : ""}</p></div>`;
}

function ruleItem(
  c: WebContext,
  model: RulesModel,
  { rule, index }: { rule: RuleLine; index: number },
): Html {
  const { base, mayWrite, rules } = model;
  const path = `${base}/rules/${rule.id}`;
  const unverified = rule.sinks.filter(({ isVerified }) => !isVerified);
  return html`<li class="card${rule.isEnabled ? "" : " off"}"><div class="title-row"><h2><a href="${path}">${rule.name}</a>${rule.isEnabled ? "" : html` <span class="tag">off</span>`}</h2>
${mayWrite ? moveButtons(c, path, { name: rule.name, isFirst: index === 0, isLast: index === rules.length - 1 }) : ""}</div>
<p>${ruleWords(rule)}</p>
${rule.sinks.length === 0 && rule.policy === null ? html`<p class="faint">It names no sink, so that it tells nobody.</p>` : ""}
${unverified.length === 0 ? "" : html`<p class="problem">Nothing is sent to ${unverified.map(({ id, name }, n) => html`${n === 0 ? "" : ", "}<a href="${base}/sinks/${id}">${name}</a>`)} before it is verified.</p>`}</li>`;
}

const moveButtons = (
  c: WebContext,
  path: string,
  { name, isFirst, isLast }: { name: string; isFirst: boolean; isLast: boolean },
): Html =>
  html`<div class="actions moves">${postButton(c, { action: `${path}/move`, label: "↑", spoken: `↑ Move ${name} up`, look: "quiet", isOff: isFirst, fields: { direction: "up" } })}${postButton(c, { action: `${path}/move`, label: "↓", spoken: `↓ Move ${name} down`, look: "quiet", isOff: isLast, fields: { direction: "down" } })}</div>`;
