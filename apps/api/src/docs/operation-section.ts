import { html } from "hono/html";
import { exampleOf } from "./example-of.ts";
import { prose } from "./prose.ts";
import type { Operation, Schemas } from "./schema.ts";
import { schemaView, typeWords } from "./schema-view.ts";

export interface ShownOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** One operation: what it does, what it needs, what it answers, and a command to try it. */
export function operationSection(
  { method, path, operation }: ShownOperation,
  schemas: Schemas,
  apiUrl: string,
) {
  const body = operation.requestBody?.content["application/json"]?.schema;
  return html`<section class="operation" id="${operation.operationId}" aria-labelledby="${operation.operationId}-title">
<h3 id="${operation.operationId}-title"><a href="#${operation.operationId}">${operation.summary}</a></h3>
<p class="route"><span class="method method-${method.toLowerCase()}">${method}</span> <code>${path}</code></p>
${operation.description === undefined ? "" : html`<p>${prose(operation.description)}</p>`}
<p class="faint">${needsWords(operation)}</p>
${parametersView(operation, schemas)}
${body === undefined ? "" : html`<h4>Body</h4>${schemaView(body, schemas)}`}
<h4>Try it</h4>
<pre tabindex="0"><code>${curlOf({ method, path, operation }, schemas, apiUrl)}</code></pre>
<h4>Answers</h4>
${answersView(operation, schemas)}
</section>`;
}

function needsWords({ security }: Operation) {
  const [needed = {}] = security ?? [];
  if ("operatorKey" in needed) {
    return "Needs the operator key.";
  }
  const [scope] = needed.apiKey ?? [];
  return scope === undefined ? "Needs any valid key." : html`Needs the scope <code>${scope}</code>.`;
}

function parametersView({ parameters = [] }: Operation, schemas: Schemas) {
  return parameters.length === 0
    ? ""
    : html`<h4>Parameters</h4><dl class="fields">${parameters.map(
        ({ name, in: place, required, description, schema = {} }) => html`<div><dt><code>${name}</code>
<span class="faint">${place}, ${typeWords(schema, schemas)}${required ? "" : ", optional"}</span></dt>
<dd>${prose(description ?? schema.description ?? "")}</dd></div>`,
      )}</dl>`;
}

function answersView({ responses }: Operation, schemas: Schemas) {
  const entries = Object.entries(responses);
  const good = entries.filter(([status]) => Number(status) < 300);
  const bad = entries.filter(([status]) => Number(status) >= 300);
  return html`${good.map(([status, { description, content }]) => {
    const schema = content?.["application/json"]?.schema;
    return html`<p><strong>${status}</strong> ${prose(description)}</p>
${
  schema === undefined
    ? ""
    : html`<details><summary>Fields</summary>${schemaView(schema, schemas)}</details>
<details><summary>Example</summary><pre tabindex="0"><code>${JSON.stringify(exampleOf(schema, schemas), null, 2)}</code></pre></details>`
}`;
  })}
<p class="faint">Refused with ${bad.map(
    ([status], index) => html`${index === 0 ? "" : ", "}<a href="#problem-${status}">${status}</a>`,
  )}.</p>`;
}

/** A command that a reader can paste; words in capitals are theirs to fill in. */
function curlOf({ method, path, operation }: ShownOperation, schemas: Schemas, apiUrl: string): string {
  const url = `${apiUrl}${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())}`;
  const body = operation.requestBody?.content["application/json"]?.schema;
  const isOperators = operation.security?.some((needed) => "operatorKey" in needed) ?? false;
  const lines = [
    `curl${method === "GET" ? "" : ` -X ${method}`} ${url}`,
    `  -H "Authorization: Bearer $${isOperators ? "OPERATOR_KEY" : "ALIVEMCP_API_KEY"}"`,
    ...(body === undefined
      ? []
      : [`  -H "Content-Type: application/json"`, `  -d '${JSON.stringify(exampleOf(body, schemas))}'`]),
  ];
  return lines.join(" \\\n");
}
