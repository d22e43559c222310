import { deleteEndpoint } from "@alivemcp/actions/endpoints/delete-endpoint";
import { endpointRevision } from "@alivemcp/actions/endpoints/endpoint-revision";
import { getEndpoint } from "@alivemcp/actions/endpoints/get-endpoint";
import { pauseEndpoint, resumeEndpoint } from "@alivemcp/actions/endpoints/pause-endpoint";
import { updateEndpoint } from "@alivemcp/actions/endpoints/update-endpoint";
import { requirePermission } from "@alivemcp/actions/require-permission";
import { AppError, ERROR_STATUS } from "@alivemcp/core/app-error";
import { endpointFieldsOf, endpointPatchSchema } from "@alivemcp/core/endpoint-input";
import type { Action } from "@alivemcp/core/permissions";
import type { EndpointRow } from "@alivemcp/db/queries/endpoints";
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Deps } from "../deps.ts";
import { deleteView } from "../endpoints/delete-view.ts";
import { ownEndpointFrame } from "../endpoints/endpoint-page-frame.ts";
import { type FieldProblems, parseEndpointForm } from "../endpoints/form-body.ts";
import {
  type EndpointFormValues,
  valuesOfEndpoint,
  valuesOfForm,
  withMoreAssertions,
} from "../endpoints/form-values.ts";
import { problemsOf } from "../endpoints/problems-of.ts";
import { settingsView } from "../endpoints/settings-view.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { renderPage } from "../render-page.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const HOME = "/w/:workspace/endpoints/:slug";

/** Settings of an endpoint of one's own: change, pause, resume, delete. */
export function endpointSettingsRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const slugOf = (c: WebContext) => c.req.param("slug") ?? "";
  const homeOf = (c: WebContext, slug: string) => `/w/${c.var.workspace.tenant.slug}/endpoints/${slug}`;
  const find = async (c: WebContext, action: Action) => {
    requirePermission(c.var.workspace.caller, action);
    return getEndpoint(deps, c.var.workspace.caller, slugOf(c));
  };

  routes.get(`${HOME}/edit`, async (c) => {
    const row = await find(c, "endpoint.update");
    return row.slug === slugOf(c)
      ? showSettings(deps, c, { row, values: valuesOfEndpoint(row), revision: endpointRevision(row) })
      : c.redirect(`${homeOf(c, row.slug)}/edit`, 301);
  });

  routes.post(`${HOME}/edit`, async (c) => {
    const row = await find(c, "endpoint.update");
    const form = await c.req.formData();
    const values = valuesOfForm(form);
    const given = form.get("revision");
    const revision = typeof given === "string" ? given : "";
    if (form.get("more") === "assertions") {
      return showSettings(deps, c, { row, values: withMoreAssertions(values), revision });
    }
    const parsed = parseEndpointForm(endpointPatchSchema, values, false);
    if (parsed.kind === "refused") {
      return showSettings(deps, c, { row, values, revision, problems: parsed.problems, status: 400 });
    }
    // A form always says a slug; only another one than before is a wish for it.
    const { url, slug } = parsed.body;
    const patch = { ...endpointFieldsOf(parsed.body), url, ...(slug === row.slug ? {} : { slug }) };
    try {
      const saved = await updateEndpoint(deps, c.var.workspace.caller, {
        endpoint: row.id,
        patch,
        ifRevision: revision,
      });
      const text = saved.isProbeRequested ? "Saved. It is being probed now." : "Saved.";
      c.var.flash({ tone: "good", text });
      return c.redirect(`${homeOf(c, saved.endpoint.slug)}/edit`, 303);
    } catch (err) {
      const problems = problemsOf(err, values);
      const status = err instanceof AppError ? ERROR_STATUS[err.code] : 500;
      return showSettings(deps, c, { row, values, revision, problems, status });
    }
  });

  routes.post(`${HOME}/pause`, async (c) => {
    const { slug } = await pauseEndpoint(deps, c.var.workspace.caller, slugOf(c));
    c.var.flash({ tone: "good", text: "Paused. Nothing is probed until you resume it." });
    return c.redirect(`${homeOf(c, slug)}/edit`, 303);
  });

  routes.post(`${HOME}/resume`, async (c) => {
    const { endpoint } = await resumeEndpoint(deps, c.var.workspace.caller, slugOf(c));
    c.var.flash({ tone: "good", text: "Resumed. The first results arrive within seconds." });
    return c.redirect(homeOf(c, endpoint.slug), 303);
  });

  routes.get(`${HOME}/delete`, async (c) => {
    const row = await find(c, "endpoint.delete");
    const body = deleteView(row, { home: homeOf(c, row.slug), csrf: csrfField(c) });
    return c.html(await framed(c, row, body, `Delete ${row.name}`));
  });

  routes.post(`${HOME}/delete`, async (c) => {
    await deleteEndpoint(deps, c.var.workspace.caller, slugOf(c));
    c.var.flash({ tone: "good", text: "Deleted." });
    return c.redirect(`/w/${c.var.workspace.tenant.slug}/`, 303);
  });
  return routes;
}

function framed(
  c: WebContext,
  row: EndpointRow,
  body: Parameters<typeof ownEndpointFrame>[2],
  title: string,
) {
  const base = `/w/${c.var.workspace.tenant.slug}`;
  return renderPage(c, { title, section: "overview", body: ownEndpointFrame(row, base, body) });
}

async function showSettings(
  deps: Deps,
  c: WebContext,
  shown: {
    readonly row: EndpointRow;
    readonly values: EndpointFormValues;
    readonly revision: string;
    readonly problems?: FieldProblems;
    readonly status?: number;
  },
): Promise<Response> {
  const { row, values, revision, problems = {}, status = 200 } = shown;
  const { tenant } = c.var.workspace;
  const body = settingsView({
    row,
    values,
    revision,
    problems,
    home: `/w/${tenant.slug}/endpoints/${row.slug}`,
    regions: deps.regions,
    plan: tenant.plan,
    mayBePublic: row.standing === "claimed" || row.visibility === "public",
    csrf: csrfField(c),
    publicUrl: deps.site.publicUrl,
  });
  return c.html(await framed(c, row, body, `Settings of ${row.name}`), status as ContentfulStatusCode);
}
