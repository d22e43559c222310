import type {
  ImportedRow,
  ImportPreview,
  ImportResult,
  ImportRow,
} from "@alivemcp/actions/imports/import-rows";
import { html } from "hono/html";
import type { Html } from "../views/html.ts";

/** Where a file is chosen or a list pasted. */
export function importFormView(model: {
  readonly base: string;
  readonly csrf: Html;
  readonly pasted: string;
  readonly problem: string | null;
}): Html {
  const { base, problem } = model;
  const wrong = problem === null ? "" : html` aria-invalid="true" aria-describedby="import-problem"`;
  return html`<p class="crumb"><a href="${base}/">Endpoints</a></p>
<h1>Import endpoints</h1>
<p class="lead">Choose a file or paste it. You see what it comes to before anything is added.</p>
<form class="endpoint-form" method="post" action="${base}/endpoints/import" enctype="multipart/form-data">${model.csrf}
${problem === null ? "" : html`<p class="notice notice-bad" role="alert" id="import-problem">${problem}</p>`}
<div class="field"><label for="file"><span>File, at most 1 MB and 500 servers</span></label>
<input id="file" name="file" type="file" accept=".json,.csv,.txt,application/json,text/csv"${wrong}></div>
<div class="field"><label for="text"><span>Or its text</span></label>
<textarea id="text" name="text" rows="10" class="code" spellcheck="false" maxlength="900000"${wrong}>${model.pasted}</textarea></div>
<p class="actions"><button type="submit">Show what it comes to</button> <a class="button quiet" href="${base}/">Cancel</a></p>
</form>
<h2>What can be read</h2>
<dl class="facts">
<div><dt><code>mcp.json</code> of a client</dt><dd>With <code>mcpServers</code> or <code>servers</code>. Servers that are started with a command speak over stdio and cannot be probed from outside. Headers are not imported, for they may hold secrets: store a credential in the settings afterwards.</dd></div>
<div><dt><code>server.json</code> of a registry</dt><dd>One, a list of them, or the registry’s own answer. Every remote is an endpoint.</dd></div>
<div><dt>CSV</dt><dd>The first line names the columns: <code>url,name,transport,visibility,cadence_s,tags,group</code>. Only <code>url</code> is needed. Commas, semicolons or tabs; quotes as in RFC 4180; several tags as <code>prod|payments</code>.</dd></div>
</dl>`;
}

/** What the file comes to, before anything is added. */
export function importPreviewView(
  preview: ImportPreview,
  model: { readonly base: string; readonly id: string; readonly csrf: Html },
): Html {
  const { base, id } = model;
  const ready = preview.rows.filter(({ kind }) => kind === "endpoint").length;
  const refused = preview.rows.length - ready;
  return html`<p class="crumb"><a href="${base}/endpoints/import">Import</a></p>
<h1>Before it is added</h1>
<p class="lead">${counted(ready, "endpoint")} can be added${refused === 0 ? "" : `, ${counted(refused, "entry", "entries")} cannot`}.</p>
${
  preview.room < ready
    ? html`<p class="notice notice-bad">The plan of this workspace has room for ${preview.room} more: the first of them are added, the others refused.</p>`
    : ""
}
${
  ready === 0
    ? html`<p><a class="button" href="${base}/endpoints/import">Choose another file</a></p>`
    : html`<form method="post" action="${base}/endpoints/import/${id}">${model.csrf}
<p class="actions"><button type="submit">Add ${counted(ready, "endpoint")}</button> <a class="button quiet" href="${base}/endpoints/import">Choose another file</a></p></form>`
}
<table class="board import-rows"><caption class="visually-hidden">Entries of the file</caption>
<thead><tr><th scope="col">Line</th><th scope="col">Server</th><th scope="col">What happens</th></tr></thead>
<tbody>${preview.rows.map((row) => previewRow(row, base))}</tbody></table>`;
}

function previewRow(row: ImportRow, base: string): Html {
  if (row.kind === "endpoint") {
    return html`<tr><td data-label="Line">${row.line ?? "–"}</td><th scope="row">${row.name}<span class="url">${row.body.url}</span></th>
<td>Will be added${row.note === null ? "" : html`<br><span class="faint">${row.note}</span>`}</td></tr>`;
  }
  const link =
    row.existingSlug === undefined
      ? row.boardSlug === undefined
        ? ""
        : html` <a href="${base}/board/${row.boardSlug}">Follow it</a>`
      : html` <a href="${base}/endpoints/${row.existingSlug}">Show it</a>`;
  return html`<tr><td data-label="Line">${row.line ?? "–"}</td><th scope="row">${row.name}</th>
<td><b>Not added.</b> ${row.reason}${link}</td></tr>`;
}

/** What became of it, row by row. */
export function importResultView(result: ImportResult, base: string): Html {
  const added = result.rows.filter(({ kind }) => kind === "added").length;
  return html`<p class="crumb"><a href="${base}/">Endpoints</a></p>
<h1>${counted(added, "endpoint")} added</h1>
<p class="lead">${added === 0 ? "Nothing was added." : "They are being probed; the first results arrive within seconds."} <a href="${base}/">Show all endpoints</a></p>
<table class="board import-rows"><caption class="visually-hidden">Entries of the file</caption>
<thead><tr><th scope="col">Line</th><th scope="col">Server</th><th scope="col">What happened</th></tr></thead>
<tbody>${result.rows.map((row) => resultRow(row, base))}</tbody></table>`;
}

function resultRow(row: ImportedRow, base: string): Html {
  return html`<tr><td data-label="Line">${row.line ?? "–"}</td><th scope="row">${
    row.kind === "added" ? html`<a href="${base}/endpoints/${row.slug}">${row.name}</a>` : row.name
  }</th><td>${row.kind === "added" ? "Added" : html`<b>Not added.</b> ${row.reason}`}</td></tr>`;
}

const counted = (count: number, one: string, many = `${one}s`) =>
  `${count === 0 ? "No" : count} ${count === 1 ? one : many}`;
