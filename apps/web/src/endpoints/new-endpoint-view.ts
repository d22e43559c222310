import { html } from "hono/html";
import type { Html } from "../views/html.ts";
import {
  type FieldsModel,
  filingFields,
  healthFields,
  healthUrlFields,
  probingFields,
  thresholdFields,
  visibilityField,
} from "./endpoint-fields-view.ts";
import { problemSummary, submitByEnter, textField } from "./fields.ts";

/** What may be done instead when the URL is watched already; the words of `urlConflict`. */
export interface KnownUrl {
  readonly existingSlug?: string | undefined;
  readonly boardSlug?: string | undefined;
  readonly canClaim: boolean;
}

/** A URL is enough; everything else is folded away and has a default. */
export function newEndpointView(
  model: FieldsModel & { readonly base: string; readonly csrf: Html; readonly known: KnownUrl | null },
): Html {
  const { values, problems, base } = model;
  const isFolded = Object.keys(problems).every((name) => ["url", "name", "form"].includes(name));
  return html`<p class="crumb"><a href="${base}/">Endpoints</a></p>
<h1>Add endpoint</h1>
<p class="lead">The URL of an MCP server. It is probed from every region at once; by adding it you confirm that you may have it probed.</p>
<form class="endpoint-form" method="post" action="${base}/endpoints/new">${model.csrf}
${submitByEnter}${problemSummary(problems)}
${model.known === null ? "" : knownUrl(model.known, base)}
${textField({ name: "url", label: "URL of the endpoint", type: "url", value: values.url, maxlength: 2_048, isRequired: true, placeholder: "https://mcp.example.com/mcp", isCode: true }, problems)}
${textField({ name: "name", label: "Name", value: values.name, hint: "Left empty, it is the host." }, problems)}
${visibilityField(model)}
<details${isFolded ? "" : html` open`}><summary>More options</summary><div>
<h2>Probing</h2>${probingFields(model)}
<h2>Health</h2>${healthFields(model)}${healthUrlFields(model)}
<h2>What counts as sick</h2>${thresholdFields(model)}
<h2>Where it belongs</h2>${filingFields(model)}
</div></details>
<p class="actions"><button type="submit">Add and probe now</button> <a class="button quiet" href="${base}/">Cancel</a></p>
</form>
<p class="faint">Have a list? <a href="${base}/endpoints/import">Import</a> an <code>mcp.json</code>, a registry’s <code>server.json</code> or a CSV file. A server that is started with a command speaks over stdio on its user’s own machine and cannot be probed from outside.</p>`;
}

function knownUrl(known: KnownUrl, base: string): Html {
  if (known.existingSlug !== undefined) {
    return html`<p class="notice"><a href="${base}/endpoints/${known.existingSlug}">Show the endpoint that watches this URL</a></p>`;
  }
  return html`<p class="notice"><a class="button" href="${base}/board/${known.boardSlug ?? ""}">${known.canClaim ? "Follow or claim it" : "Follow it"}</a></p>`;
}
