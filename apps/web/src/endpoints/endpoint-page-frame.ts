import type { EndpointRow } from "@alivemcp/db/queries/endpoints";
import { html } from "hono/html";
import { endpointHeader } from "../endpoint-page/endpoint-header.ts";
import type { Html } from "../views/html.ts";

/** `body` under the header that all pages of an endpoint share; for pages that only those have who may change it. */
export function ownEndpointFrame(row: EndpointRow, base: string, body: Html): Html {
  const header = endpointHeader(
    {
      ...row,
      isFollowed: false,
      pausedAtMs: row.pausedAt?.getTime() ?? null,
      group: row.groupName,
    },
    { base, mayChange: true, current: "settings" },
  );
  return html`${header}${body}`;
}
