import { listFailures } from "@alivemcp/actions/watched/list-failures";
import { Hono } from "hono";
import { html } from "hono/html";
import { cityOf } from "../city-of.ts";
import type { Deps } from "../deps.ts";
import { endpointHeader } from "../endpoint-page/endpoint-header.ts";
import { evidenceList } from "../endpoint-page/evidence-list.ts";
import { mayChange } from "../endpoint-page/may-change.ts";
import { toEvidenceEntry } from "../endpoint-page/to-evidence-entry.ts";
import { renderPage } from "../render-page.ts";
import type { WebEnv } from "../web-env.ts";

const EPOCH_MS = /^\d{12,14}$/;

/** `GET …/endpoints/<slug>/failures?before=<epoch ms>`: probes that failed, with what the endpoint answered. */
export function failureRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/endpoints/:slug/failures", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const before = c.req.query("before") ?? "";
    const { endpoint, failures, nextBeforeMs } = await listFailures(deps, caller, {
      slug: c.req.param("slug"),
      beforeMs: EPOCH_MS.test(before) ? Number(before) : null,
    });
    const base = `/w/${tenant.slug}`;
    const entries = failures.map((row) => toEvidenceEntry(row, cityOf(deps.regions)));
    const body = html`${endpointHeader(endpoint, { base, mayChange: mayChange(c), current: "failures" })}
<h2>Failed probes</h2>
<p class="faint">One line per region and minute, newest first. What the endpoint answered is cut to 500 characters, and tokens and cookies are taken out, before it leaves the prober.</p>
${
  entries.length === 0
    ? html`<div class="empty"><p>No probe has failed${before === "" ? "" : " before that"}.</p></div>`
    : evidenceList(entries, { helpBase: deps.site.publicUrl, nowMs: deps.clock.nowMs() })
}
${nextBeforeMs === null ? "" : html`<nav class="pages" aria-label="Pages"><a rel="next" href="?before=${nextBeforeMs}">Older</a></nav>`}`;
    return c.html(
      await renderPage(c, { title: `Failed probes of ${endpoint.name}`, section: "overview", body }),
    );
  });
  return routes;
}
