import type { EndpointTools } from "@alivemcp/actions/drift/read-tools";
import { isJsonObject } from "@alivemcp/core/json-schema-keywords";
import { publicLine } from "@alivemcp/core/public-text";
import { toolName } from "@alivemcp/core/tool-list";
import { driftHistory } from "@alivemcp/pages/drift-history";
import { exactTime, type Html } from "@alivemcp/pages/figures";
import { toDriftEntry } from "@alivemcp/pages/to-drift-entry";
import { html } from "hono/html";

export interface ToolsViewOptions {
  /** `/w/<workspace>/endpoints/<slug>`. */
  readonly home: string;
  /** Accepting what is open and announcing a release; empty for who may do neither. */
  readonly forms: Html | "";
  cityOf(region: string): string;
  readonly nowMs: number;
}

/** Most tools listed; nobody reads more of them on a page. */
const TOOLS_SHOWN = 200;
const WORDS_SHOWN = 300;

/** What an endpoint offers, and how that changed. */
export function toolsView({ baseline, events }: EndpointTools, options: ToolsViewOptions): Html {
  const { home, forms, cityOf, nowMs } = options;
  const entries = events.map((event) =>
    toDriftEntry(
      {
        ...event,
        isAccepted: event.acceptedAtMs !== null,
        isAnnounced: event.releaseWindowId !== null,
      },
      cityOf,
    ),
  );
  return html`<section aria-labelledby="changes-title"><h2 id="changes-title">Changes</h2>
${driftHistory(entries, { nowMs, hrefOf: (id) => `${home}/drift/${id}` })}</section>
${forms}
<section aria-labelledby="list-title"><h2 id="list-title">The list that changes are compared with</h2>
${
  baseline === null
    ? html`<p class="faint">No tool list has been seen yet.</p>`
    : html`<p class="faint">${baseline.tools.length === 1 ? "One tool" : `${baseline.tools.length} tools`}${baseline.atMs === null ? "" : html`, baseline since ${exactTime(baseline.atMs, nowMs)}`}</p>${toolTable(baseline.tools)}`
}</section>`;
}

function toolTable(tools: readonly unknown[]): Html {
  const more = tools.length - TOOLS_SHOWN;
  return html`<table class="plain tools"><thead><tr><th scope="col">Tool</th><th scope="col">What it says of itself</th><th scope="col" class="number">Parameters</th></tr></thead>
<tbody>${tools.slice(0, TOOLS_SHOWN).map(toolRow)}</tbody></table>
${more > 0 ? html`<p class="faint">and ${more} more</p>` : ""}`;
}

function toolRow(tool: unknown): Html {
  const definition = isJsonObject(tool) ? tool : {};
  const { description, inputSchema } = definition;
  const properties =
    isJsonObject(inputSchema) && isJsonObject(inputSchema.properties) ? inputSchema.properties : {};
  const words = typeof description === "string" ? publicLine(description, WORDS_SHOWN) : "–";
  return html`<tr><th scope="row"><code>${publicLine(toolName(tool), 128)}</code></th><td>${words}</td><td class="number">${Object.keys(properties).length}</td></tr>`;
}
