import { requestProbeOf } from "@alivemcp/actions/endpoints/request-probe-of";
import { getWatched } from "@alivemcp/actions/watched/get-watched";
import { type ProbeProgress, readProbeProgress } from "@alivemcp/actions/watched/read-probe-progress";
import { AppError } from "@alivemcp/core/app-error";
import { Hono } from "hono";
import { html } from "hono/html";
import { cityOf } from "../city-of.ts";
import type { Deps } from "../deps.ts";
import { endpointHeader } from "../endpoint-page/endpoint-header.ts";
import { mayChange } from "../endpoint-page/may-change.ts";
import type { LiveStreams } from "../live/create-streams.ts";
import { followProbe } from "../probe-now/follow-probe.ts";
import { probeView } from "../probe-now/probe-view.ts";
import { renderPage } from "../render-page.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const EPOCH_MS = /^\d{13}$/;
const REFRESH_S = 2;

/** `POST …/probe` asks every region for a probe now; `GET …/probe/<instant>` shows its steps, live where the browser can. */
export function probeRoutes(deps: Deps, streams: LiveStreams): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const options = { cityOf: cityOf(deps.regions), helpBase: deps.site.publicUrl };

  routes.post("/w/:workspace/endpoints/:slug/probe", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const { endpoint, request } = await requestProbeOf(deps, caller, c.req.param("slug"));
    return c.redirect(`/w/${tenant.slug}/endpoints/${endpoint.slug}/probe/${request.requestedAtMs}`, 303);
  });

  routes.get("/w/:workspace/endpoints/:slug/probe/:at", async (c) => {
    const { endpoint, progress } = await findProbe(deps, c);
    const base = `/w/${c.var.workspace.tenant.slug}`;
    const path = `${base}/endpoints/${endpoint.slug}/probe/${c.req.param("at")}`;
    const body = html`${endpointHeader(endpoint, { base, mayChange: mayChange(c), current: "status" })}
<h2>Probe now</h2>
<div id="probe" aria-live="polite" data-events="${progress.isOver ? "" : `${path}/events`}">${probeView(progress, options)}</div>
<p><a href="${base}/endpoints/${endpoint.slug}">Back to its status</a></p>`;
    return c.html(
      await renderPage(c, {
        title: `Probe of ${endpoint.name}`,
        section: "overview",
        body,
        scripts: [deps.site.assets.liveScript],
        ...(progress.isOver ? {} : { refreshS: REFRESH_S }),
      }),
    );
  });

  routes.get("/w/:workspace/endpoints/:slug/probe/:at/events", async (c) => {
    const { endpoint } = await findProbe(deps, c);
    const atMs = Number(c.req.param("at"));
    return streams.open(c, (signal) =>
      followProbe(() => readProbeProgress(deps, endpoint, atMs), {
        render: async (progress) => String(await probeView(progress, options)),
        signal,
      }),
    );
  });
  return routes;
}

async function findProbe(deps: Deps, c: WebContext) {
  const { caller } = c.var.workspace;
  const at = c.req.param("at") ?? "";
  const { reading, own } = await getWatched(deps, caller, c.req.param("slug") ?? "");
  const { endpoint } = reading;
  const progress: ProbeProgress | null = EPOCH_MS.test(at)
    ? await readProbeProgress(deps, endpoint, Number(at)).catch((cause: unknown) => {
        throw new AppError({
          code: "upstream",
          internal: "progress could not be read",
          public: "The probe cannot be shown at the moment. Please reload in a minute.",
          cause,
        });
      })
    : null;
  // What a step met on the way, such as addresses, is for the owner to read.
  if (progress === null || own === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such probe",
      public: "There is no such probe any more; its result is in the endpoint’s status.",
    });
  }
  return { endpoint, progress };
}
