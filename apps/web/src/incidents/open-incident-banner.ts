import type { IncidentRow } from "@alivemcp/db/queries/incidents";
import { agoTime, type Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { headlineWords } from "./cause-words.ts";

/** On the page of an endpoint: what is open now, and where to answer it. */
export const openIncidentBanner = (
  open: readonly IncidentRow[],
  { base, cityOf, nowMs }: { readonly base: string; cityOf(region: string): string; readonly nowMs: number },
): Html =>
  html`${open.map(
    (row) =>
      html`<p class="notice${row.isSimulated ? "" : " notice-bad"}"><b>${row.isSimulated ? "Simulated outage" : "Open incident"}</b> since ${agoTime(row.startedAtMs, nowMs)}: <a href="${base}/incidents/${row.id}">${headlineWords(row, cityOf)}</a>${row.acknowledgedAtMs === null ? "" : ", acknowledged"}. <a href="${base}/endpoints/${row.endpointSlug}/alerts">Who was told, and why?</a></p>`,
  )}`;
