import type { CredentialDescription, CredentialKind } from "@alivemcp/core/credential-description";
import { dayText, spanText, utcText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import type { FormProblems } from "../forms/read-form.ts";
import { confirmDetails } from "../views/confirm-details.ts";
import { formField, formProblem } from "../views/form-field.ts";
import type { Html } from "../views/html.ts";
import { type CredentialValues, type FormKind, HEADER_LINES } from "./credential-form.ts";

export interface CredentialModel {
  /** Null: none is stored. */
  readonly credential: CredentialDescription | null;
  /** Name of who stored it; null: an API key, or somebody who is gone. */
  readonly storedBy: string | null;
  readonly isPrivate: boolean;
  readonly mayWrite: boolean;
  /** `/w/<workspace>/endpoints/<slug>`. */
  readonly home: string;
  readonly csrf: Html;
  readonly nowMs: number;
  /** The form that was refused; its secrets have to be entered again. */
  readonly form: {
    readonly kind: FormKind | null;
    readonly values: CredentialValues;
    readonly problems: FormProblems;
  };
}

const KIND_WORDS: Readonly<Record<CredentialKind, string>> = {
  bearer: "Bearer token",
  headers: "Custom headers",
  client_credentials: "OAuth client credentials",
  connect: "Connected by logging in",
};
const NO_PROBLEMS: FormProblems = {};

/** What is stored, never the secret itself, and the ways to store another. */
export function credentialView(model: CredentialModel): Html {
  const { credential, mayWrite } = model;
  return html`<h2>Credential</h2>
${credential === null ? html`<p>None is stored: probes ask as a stranger would, and a login wall is all they see.</p>` : stored(model, credential)}
${
  mayWrite
    ? html`<h2>${credential === null ? "Store a credential" : "Replace it"}</h2>
${model.isPrivate ? "" : html`<p class="notice">With a credential the endpoint becomes <b>private</b>: its page, its badge and its place on the board are gone for everybody who is not signed in to this workspace, and whoever follows it no longer can.</p>`}
<p class="faint">It is encrypted before it is stored, sent to this endpoint only, and can be replaced or deleted, never read again.</p>
${bearerForm(model)}${headersForm(model)}${connectForm(model)}${clientCredentialsForm(model)}`
    : html`<p class="faint">An owner or admin of the workspace can store, replace and delete it.</p>`
}`;
}

function stored(model: CredentialModel, credential: CredentialDescription): Html {
  const { kind, hints, createdAtMs, rejection } = credential;
  const facts: readonly (readonly [string, string | Html])[] = [
    ["Kind", KIND_WORDS[kind]],
    ...(hints.headerNames === undefined ? [] : [["Sent as", hints.headerNames.join(", ")] as const]),
    ...(hints.lastFour ? [["Ends in", html`<code>…${hints.lastFour}</code>`] as const] : []),
    ...(hints.issuer ? [["Authorization server", hints.issuer] as const] : []),
    ...(hints.tokenUrl ? [["Token URL", hints.tokenUrl] as const] : []),
    ...(hints.clientId === undefined ? [] : [["Client id", html`<code>${hints.clientId}</code>`] as const]),
    ...(hints.scope ? [["Scopes", hints.scope] as const] : []),
    ["Expires", expiryWords(credential)],
    ["Stored", `${utcText(createdAtMs)} by ${model.storedBy ?? "an API key"}`],
  ];
  return html`${expiryNotice(credential)}
${rejection === null ? "" : html`<p class="notice notice-bad" role="alert">Refused ${utcText(rejection.atMs)}: ${rejection.detail}. ${kind === "connect" ? "Connect again below." : "Replace it below."}</p>`}
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${
  model.mayWrite
    ? confirmDetails({
        label: "Delete the credential",
        body: html`<p>Probes ask as a stranger from now on. The endpoint stays private. This cannot be undone.</p>
<form method="post" action="${model.home}/credential/delete">${model.csrf}<button class="danger" type="submit">Delete it for good</button></form>`,
      })
    : ""
}`;
}

function expiryNotice({ expiry }: CredentialDescription): Html | "" {
  switch (expiry.kind) {
    case "expired":
      return html`<p class="notice notice-bad" role="alert">It expired ${dayText(expiry.expiresAtMs)}. Probes with it are likely to be refused: replace it.</p>`;
    case "expiring":
      return html`<p class="notice" role="status">It expires in ${spanText(expiry.leftMs)}. Replace it before then.</p>`;
    case "valid":
    case "unknown":
      return "";
  }
}

const SOURCE_WORDS = {
  declared: "as entered",
  jwt: "says the token",
  token: "says the authorization server",
};
function expiryWords({ expiry, expirySource, kind }: CredentialDescription): string {
  if (expiry.kind === "unknown") {
    return kind === "connect" || kind === "client_credentials" ? "Renewed by itself" : "Nobody said";
  }
  return `${utcText(expiry.expiresAtMs)}${expirySource === null ? "" : `, ${SOURCE_WORDS[expirySource]}`}`;
}

/** One way to store a credential, folded unless it was just refused. */
function way(
  model: CredentialModel,
  kind: FormKind,
  input: { title: string; lead: string | Html; submit: string; fields: Html },
): Html {
  const isOpen = model.form.kind === kind;
  const action = kind === "connect" ? "connect" : "credential";
  return html`<details class="way"${isOpen ? html` open` : ""}><summary>${input.title}</summary>
<form class="endpoint-form" method="post" action="${model.home}/${action}" autocomplete="off">${model.csrf}
<input type="hidden" name="kind" value="${kind}">
<p>${input.lead}</p>${isOpen ? formProblem(model.form.problems.form) : ""}
${input.fields}
<p class="actions"><button type="submit">${input.submit}</button></p></form></details>`;
}

/** Ids carry the kind: several forms of the page have fields of one name. */
const inputOf = (model: CredentialModel, kind: FormKind) => {
  const isMine = model.form.kind === kind;
  const problems = isMine ? model.form.problems : NO_PROBLEMS;
  const id = (name: string) => `${kind}-${name}`;
  return {
    secret: (name: string, label: string, options: { hint?: string; isOptional?: boolean } = {}) =>
      formField({
        id: id(name),
        name,
        label,
        type: "password",
        problem: problems[name],
        autocomplete: "new-password",
        maxlength: 8_192,
        ...options,
      }),
    text: (
      name: string,
      label: string,
      options: { hint?: string; isOptional?: boolean; maxlength?: number } = {},
    ) =>
      formField({
        id: id(name),
        name,
        label,
        value: isMine ? (model.form.values[name] ?? "") : "",
        problem: problems[name],
        autocomplete: "off",
        maxlength: options.maxlength ?? 1_000,
        ...(options.hint !== undefined && { hint: options.hint }),
        ...(options.isOptional === true && { isOptional: true }),
      }),
  };
};
const EXPIRES = {
  hint: "Optional, as 2027-01-31. You are warned 72 hours ahead; a JWT says it by itself.",
  isOptional: true,
  maxlength: 10,
};

function bearerForm(model: CredentialModel): Html {
  const { secret, text } = inputOf(model, "bearer");
  return way(model, "bearer", {
    title: "Bearer token",
    lead: html`Sent as <code>Authorization: Bearer …</code> with every request to the endpoint.`,
    submit: "Store the token",
    fields: html`${secret("token", "Token")}${text("expires", "Expires on", EXPIRES)}`,
  });
}

function headersForm(model: CredentialModel): Html {
  const { secret, text } = inputOf(model, "headers");
  return way(model, "headers", {
    title: "Custom headers",
    lead: html`For servers with keys of their own kind, such as <code>X-Api-Key</code>.`,
    submit: "Store the headers",
    fields: html`${Array.from(
      { length: HEADER_LINES },
      (_, n) => html`<fieldset><legend>Header ${n + 1}${n === 0 ? "" : ", optional"}</legend>
${text(`header_name_${n}`, "Name", { isOptional: n > 0, maxlength: 128 })}${secret(`header_value_${n}`, "Value", { isOptional: n > 0 })}</fieldset>`,
    )}${text("expires", "Expires on", EXPIRES)}`,
  });
}

function connectForm(model: CredentialModel): Html {
  const { secret, text } = inputOf(model, "connect");
  return way(model, "connect", {
    title: "Connect: log in at the endpoint's authorization server",
    lead: "You are sent there to allow AliveMCP to use the endpoint as you, and come back here. Tokens are renewed by themselves.",
    submit: "Find the authorization server",
    fields: html`${text("client_id", "Client id", { isOptional: true, hint: "Only where the authorization server does not let AliveMCP register itself." })}
${secret("client_secret", "Client secret", { isOptional: true, hint: "Only with a client id that has one." })}
${text("scope", "Scopes", { isOptional: true, hint: "Separated by spaces. Empty: what the endpoint asks for." })}`,
  });
}

function clientCredentialsForm(model: CredentialModel): Html {
  const { secret, text } = inputOf(model, "client_credentials");
  return way(model, "client_credentials", {
    title: "OAuth client credentials",
    lead: "For machines: AliveMCP asks the endpoint's authorization server for tokens with an id and a secret that you made there.",
    submit: "Store the client credentials",
    fields: html`${text("client_id", "Client id")}${secret("client_secret", "Client secret")}
${text("scope", "Scopes", { isOptional: true, hint: "Separated by spaces. Empty: what the endpoint asks for." })}
${text("token_url", "Token URL", { isOptional: true, maxlength: 2_048, hint: "Only where the endpoint does not publish where its authorization server is." })}
${text("expires", "Secret expires on", EXPIRES)}`,
  });
}

/** The last step before the person leaves for the authorization server: they see where to. */
export function connectView(model: { readonly authorizationUrl: string; readonly home: string }): Html {
  const { host } = new URL(model.authorizationUrl);
  return html`<h2>Log in at ${host}</h2>
<p>This endpoint names <b>${host}</b> as its authorization server. Go on only if you know it: you are about to log in there.</p>
<p>Afterwards you come back here, within ten minutes and in this browser, and the first probe with the new credential starts.</p>
<p class="actions"><a class="button" href="${model.authorizationUrl}" rel="noreferrer">Go to ${host}</a> <a class="button quiet" href="${model.home}/credential">Cancel</a></p>`;
}
