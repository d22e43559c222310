import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** Above the endpoints: what is open, and that nobody would be paged. */
export function alertingNotices(input: {
  readonly openIncidents: number;
  readonly hasVerifiedSink: boolean;
  readonly hasEndpoints: boolean;
  readonly base: string;
}): Html {
  const { openIncidents, hasVerifiedSink, hasEndpoints, base } = input;
  return html`${
    hasVerifiedSink || !hasEndpoints
      ? ""
      : html`<p class="notice notice-bad" role="status"><b>Nobody will be paged:</b> this workspace has no verified sink. <a href="${base}/sinks">Say where alerts should go</a>.</p>`
  }${
    openIncidents === 0
      ? ""
      : html`<p class="notice" role="status"><a href="${base}/incidents?state=open">${openIncidents === 1 ? "1 open incident" : `${openIncidents} open incidents`}</a></p>`
  }`;
}
