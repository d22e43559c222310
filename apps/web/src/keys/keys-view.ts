import { SCOPES, type Scope } from "@alivemcp/core/permissions";
import type { ApiKey } from "@alivemcp/db/queries/api-keys";
import { agoTime, dayText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { checkField, selectField } from "../endpoints/fields.ts";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { confirmDetails } from "../views/confirm-details.ts";
import { formField, formProblem } from "../views/form-field.ts";
import type { Html } from "../views/html.ts";
import type { WebContext } from "../web-env.ts";

const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  read: "see what a viewer sees",
  "endpoints:write": "register, change, pause and delete endpoints",
  "credentials:write": "store and delete credentials",
  "drift:write": "accept tool lists, announce releases",
  "members:read": "see members and invitations",
  "members:write": "invite, change and remove members and viewers",
  "keys:read": "see API keys",
  "keys:write": "make and revoke API keys",
  "workspace:write": "rename the workspace",
  "audit:read": "read the audit log",
  "alerts:write": "answer incidents, change rules and maintenance windows, send again, simulate outages",
  "sinks:write": "add, change, prove and remove places where alerts go",
  "pages:write": "change status pages",
};

/** Days a new key lives; `never` until it is revoked. */
export const LIVES = ["30", "90", "365", "never"] as const;
const LIFE_WORDS: Readonly<Record<(typeof LIVES)[number], string>> = {
  "30": "30 days",
  "90": "90 days",
  "365": "a year",
  never: "until it is revoked",
};

export interface KeysModel {
  readonly keys: readonly ApiKey[];
  /** `/w/<slug>/keys`. */
  readonly path: string;
  readonly apiUrl: string;
  readonly may: { readonly create: boolean; readonly revoke: boolean };
  readonly nowMs: number;
  /** Shown this once, right after it was made. */
  readonly token: { readonly name: string; readonly text: string } | null;
  /** Address of the next page; null when this is the last. */
  readonly next: string | null;
  readonly form: {
    readonly name: string;
    readonly scopes: readonly string[];
    readonly life: string;
    readonly problems: FormProblems;
  };
}

export function keysView(c: WebContext, model: KeysModel): Html {
  return html`<h1>API keys</h1>
<p class="lead">Programs use them with the <a href="${model.apiUrl}/docs">REST API</a> and the command line.</p>
${model.token === null ? "" : shownOnce(model)}
${model.keys.length === 0 ? html`<div class="empty"><p>No key yet.</p></div>` : html`<ul class="people">${model.keys.map((key) => keyRow(c, model, key))}</ul>`}
${model.next === null ? "" : html`<p><a href="${model.next}" rel="next">Older keys</a></p>`}
${model.may.create ? createForm(c, model) : html`<p class="faint">An owner or admin can make and revoke keys.</p>`}`;
}

const shownOnce = ({ token, apiUrl }: KeysModel): Html =>
  html`<section class="notice notice-good" aria-labelledby="token-heading"><h2 id="token-heading">Copy the key “${token?.name ?? ""}” now</h2>
<p>It is stored nowhere: when you leave this page, nobody can show it again.</p>
<pre tabindex="0"><code>${token?.text ?? ""}</code></pre>
<p>Try it:</p><pre tabindex="0"><code>curl -H "Authorization: Bearer ${token?.text ?? ""}" ${apiUrl}/v1/endpoints</code></pre></section>`;

function keyRow(c: WebContext, model: KeysModel, key: ApiKey): Html {
  const ended = endOf(key, model.nowMs);
  return html`<li><div class="who"><b>${key.name}</b> <code>amk_live_${key.prefix}_…</code>${ended === null ? "" : html` <span class="tag">${ended}</span>`}<br>
<span class="faint">${key.scopes.join(", ")}<br>made ${dayText(key.createdAt.getTime())} · ${
    key.lastUsedAt === null ? "never used" : html`last used ${agoTime(key.lastUsedAt.getTime(), model.nowMs)}`
  }${key.expiresAt === null || ended !== null ? "" : ` · expires ${dayText(key.expiresAt.getTime())}`}</span></div>
${
  ended === null && model.may.revoke
    ? confirmDetails({
        label: "Revoke",
        spoken: `Revoke ${key.name}`,
        body: html`<p>Programs that use it are refused from now on.</p>
<form method="post" action="${model.path}/revoke">${csrfField(c)}<input type="hidden" name="key_id" value="${key.id}"><button class="danger" type="submit">Revoke ${key.name}</button></form>`,
      })
    : ""
}</li>`;
}

function endOf(key: ApiKey, nowMs: number): string | null {
  if (key.revokedAt !== null) {
    return `revoked ${dayText(key.revokedAt.getTime())}`;
  }
  return key.expiresAt !== null && key.expiresAt.getTime() <= nowMs
    ? `expired ${dayText(key.expiresAt.getTime())}`
    : null;
}

function createForm(c: WebContext, { path, form }: KeysModel): Html {
  const { problems } = form;
  return html`<section aria-labelledby="create-heading"><h2 id="create-heading">New key</h2>${formProblem(problems.form)}
<form class="stack" method="post" action="${path}">${csrfField(c)}
${formField({ name: "name", label: "Name", value: form.name, problem: problems.name, autocomplete: "off", maxlength: 100, hint: "What will use it, so that you know which one to revoke." })}
<fieldset><legend>It may</legend>${problems.scopes === undefined ? "" : html`<p class="problem" role="alert">${problems.scopes}</p>`}
${SCOPES.map((scope) =>
  checkField(
    {
      name: `scope-${scope}`,
      label: `${scope}: ${SCOPE_WORDS[scope]}`,
      isChecked: form.scopes.includes(scope),
    },
    {},
  ),
)}</fieldset>
${selectField(
  {
    name: "life",
    label: "It works for",
    value: form.life,
    options: LIVES.map((life) => [life, LIFE_WORDS[life]] as const),
  },
  problems.life === undefined ? {} : { life: problems.life },
)}
<p class="row"><button type="submit">Make the key</button></p></form></section>`;
}
