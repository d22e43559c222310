import type { PublicMeasured } from "@alivemcp/core/public-fields";
import { html } from "hono/html";
import type { Html } from "./figures.ts";

/** What a client has to speak to use the endpoint: measured by the newest successful probe, not declared. */
export function compatibility(measured: PublicMeasured | null): Html {
  if (measured === null || measured.era === null) {
    return html`<p class="faint">No probe has completed a handshake yet, so nothing has been measured.</p>`;
  }
  const era =
    measured.era === "modern"
      ? "Modern: no handshake, version in every request (2026-07-28 and later)"
      : "Handshake: initialize, then tools/list (2025-11-25 and earlier)";
  const transport = measured.transport === "sse" ? "HTTP+SSE (the older pair)" : "Streamable HTTP";
  const rows: [string, string][] = [
    ["Protocol era", era],
    ["Protocol version", measured.protocolVersion ?? "–"],
    ["Transport", measured.transport === null ? "–" : transport],
    ["Tools", measured.toolsCount === null ? "–" : String(measured.toolsCount)],
    ["Calls itself", measured.server === null ? "–" : `${measured.server.name} ${measured.server.version}`],
  ];
  return html`<dl class="facts">${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}
