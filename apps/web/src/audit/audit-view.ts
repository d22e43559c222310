import { ACTIONS } from "@alivemcp/core/permissions";
import type { AuditRow } from "@alivemcp/db/queries/audit-log";
import type { MemberRow } from "@alivemcp/db/queries/members";
import { html } from "hono/html";
import type { Html } from "../views/html.ts";

export interface AuditQuery {
  readonly actor: string;
  readonly action: string;
  readonly target: string;
}

export interface AuditModel {
  readonly rows: readonly AuditRow[];
  readonly members: readonly MemberRow[];
  readonly query: AuditQuery;
  /** `/w/<slug>/audit`. */
  readonly path: string;
  /** Of the last row, when there are more. */
  readonly nextBeforeId: number | null;
}

/** First words of the actions: `member`, `endpoint`, …; the log knows some that are no permission of their own. */
const TOPICS = [...new Set([...ACTIONS.map((action) => action.split(".")[0] ?? ""), "invitation"])].sort();

/** Who did what, newest first. */
export function auditView(model: AuditModel): Html {
  const { rows, query } = model;
  const isFiltered = query.actor !== "" || query.action !== "" || query.target !== "";
  return html`<h1>Audit log</h1>
<p class="lead">Every change of this workspace: who, what, when and from where. Nobody can change or remove a line. Contents are kept as SHA-256 only.</p>
${filterForm(model)}
${
  rows.length === 0
    ? html`<div class="empty"><p>${isFiltered ? "Nothing fits this filter." : "Nothing has happened yet."}</p>${isFiltered ? html`<p><a href="${model.path}">Show all</a></p>` : ""}</div>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Audit log"><table><thead><tr><th scope="col">When (UTC)</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">On</th><th scope="col">From</th></tr></thead>
<tbody>${rows.map((row) => auditRow(model, row))}</tbody></table></div>`
}
${model.nextBeforeId === null ? "" : html`<p><a href="${older(model, model.nextBeforeId)}" rel="next">Older</a></p>`}`;
}

function filterForm({ members, query, path }: AuditModel): Html {
  return html`<form class="filter-form" method="get" action="${path}">
<label><span>Who</span><select name="actor"><option value="">Anybody</option>${members.map(
    ({ userId, name }) =>
      html`<option value="${userId}"${userId === query.actor ? html` selected` : ""}>${name}</option>`,
  )}</select></label>
<label><span>What</span><select name="action"><option value="">Anything</option>${TOPICS.map(
    (topic) =>
      html`<option value="${topic}"${topic === query.action ? html` selected` : ""}>${topic}</option>`,
  )}</select></label>
<label><span>On (id)</span><input name="target" value="${query.target}" maxlength="200" autocomplete="off"></label>
<button class="second" type="submit">Filter</button></form>`;
}

function auditRow(model: AuditModel, row: AuditRow): Html {
  const at = row.at.toISOString();
  return html`<tr><td><time datetime="${at}">${at.slice(0, 19).replace("T", " ")}</time></td><td>${actorWords(model, row)}</td>
<td><code>${row.action}</code>${row.reason === null ? "" : html`<br><span class="faint">${row.reason}</span>`}</td>
<td>${targetWords(model, row)}</td><td>${row.fromAddress ?? ""}</td></tr>`;
}

function actorWords({ members }: AuditModel, row: AuditRow): Html | string {
  const { actorKind, actorId } = row;
  if (actorKind === "operator") {
    return "An operator";
  }
  if (actorKind === "system") {
    return "AliveMCP";
  }
  if (actorKind === "api-key") {
    return html`API key <code>${actorId?.slice(0, 8) ?? ""}</code>`;
  }
  return nameOf(members, actorId);
}

function targetWords(model: AuditModel, { targetKind, targetId }: AuditRow): Html {
  const name = targetKind === "member" ? nameOf(model.members, targetId) : null;
  const words = name ?? html`<code>${targetId?.slice(0, 8) ?? ""}</code>`;
  return targetId === null
    ? html`${targetKind}`
    : html`${targetKind} <a href="${hrefOf(model.path, { actor: "", action: "", target: targetId })}">${words}</a>`;
}

const nameOf = (members: readonly MemberRow[], userId: string | null): Html | string =>
  members.find((member) => member.userId === userId)?.name ??
  html`a former member <code>${userId?.slice(0, 8) ?? ""}</code>`;

const hrefOf = (path: string, query: AuditQuery) =>
  `${path}?${new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""))}`;

function older({ path, query }: AuditModel, beforeId: number): string {
  return `${hrefOf(path, query)}&before=${beforeId}`;
}
