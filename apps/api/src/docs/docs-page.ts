import { ERROR_STATUS } from "@alivemcp/core/app-error";
import { html } from "hono/html";
import { DESCRIPTIONS } from "../open-api/answers.ts";
import type { ApiDocument } from "../open-api/document.ts";
import { operationSection, type ShownOperation } from "./operation-section.ts";
import { prose } from "./prose.ts";
import type { Operation, Schemas } from "./schema.ts";

/** The document for people, on one page: everything is in it, a browser's search finds it, and it needs no script. */
export function docsPage(document: ApiDocument, stylesPath: string) {
  const schemas = (document.components?.schemas ?? {}) as Schemas;
  const groups = groupsOf(document);
  const [server] = document.servers ?? [];
  const apiUrl = server?.url ?? "";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>REST API · AliveMCP</title>
<meta name="color-scheme" content="light dark">
<meta name="description" content="The REST API of AliveMCP: every route, with its parameters, answers and a command to try it.">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${stylesPath}">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top"><div class="wide"><a class="brand" href="/docs">AliveMCP REST API</a>
<nav aria-label="Formats"><ul><li><a href="/openapi.json">OpenAPI 3.1</a></li></ul></nav></div></header>
<div class="wide docs">
<nav class="contents" aria-label="Operations">${[...groups].map(
    ([tag, operations]) =>
      html`<details open><summary>${tag}</summary><ul>${operations.map(
        ({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`,
      )}</ul></details>`,
  )}</nav>
<main id="main" tabindex="-1">
<h1>REST API</h1>
<p>Base address: <code>${apiUrl}</code></p>
${(document.info.description ?? "").split("\n\n").map((paragraph) => html`<p>${prose(paragraph)}</p>`)}
${[...groups].map(
  ([tag, operations]) =>
    html`<h2>${tag}</h2>${operations.map((shown) => operationSection(shown, schemas, apiUrl))}`,
)}
${problemsSection()}
</main>
</div>
</body>
</html>`;
}

function groupsOf(document: ApiDocument): ReadonlyMap<string, readonly ShownOperation[]> {
  const groups = new Map<string, ShownOperation[]>();
  for (const [path, methods] of Object.entries(document.paths ?? {})) {
    for (const [method, found] of Object.entries(methods as Record<string, Operation>)) {
      const [tag = "Other"] = found.tags;
      groups.set(tag, [...(groups.get(tag) ?? []), { method: method.toUpperCase(), path, operation: found }]);
    }
  }
  return groups;
}

const problemsSection = () => html`<section aria-labelledby="problems"><h2 id="problems">Refusals</h2>
<p>Every refusal is <code>application/problem+json</code> (RFC 9457) with one of nine codes.</p>
<dl class="fields">${Object.entries(ERROR_STATUS).map(
  ([
    code,
    status,
  ]) => html`<div id="problem-${status}"><dt id="problem-${code}"><code>${code}</code> <span class="faint">${status}</span></dt>
<dd>${prose(DESCRIPTIONS[code as keyof typeof ERROR_STATUS])}</dd></div>`,
)}</dl></section>`;
