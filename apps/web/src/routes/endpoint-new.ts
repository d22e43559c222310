import { registerEndpoint } from "@alivemcp/actions/endpoints/register-endpoint";
import { requirePermission } from "@alivemcp/actions/require-permission";
import { AppError, ERROR_STATUS } from "@alivemcp/core/app-error";
import { endpointFieldsOf, newEndpointSchema } from "@alivemcp/core/endpoint-input";
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Deps } from "../deps.ts";
import { type FieldProblems, parseEndpointForm } from "../endpoints/form-body.ts";
import {
  type EndpointFormValues,
  newEndpointValues,
  valuesOfForm,
  withMoreAssertions,
} from "../endpoints/form-values.ts";
import { type KnownUrl, newEndpointView } from "../endpoints/new-endpoint-view.ts";
import { problemsOf } from "../endpoints/problems-of.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { renderPage } from "../render-page.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const PATH = "/w/:workspace/endpoints/new";

/** `/w/<workspace>/endpoints/new`: a URL is enough; the first probe starts at once. */
export function endpointNewRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const show = async (
    c: WebContext,
    values: EndpointFormValues,
    refusal: {
      readonly problems: FieldProblems;
      readonly known?: KnownUrl | null;
      readonly status: number;
    } | null,
  ) => {
    const { tenant } = c.var.workspace;
    const body = newEndpointView({
      values,
      problems: refusal?.problems ?? {},
      known: refusal?.known ?? null,
      regions: deps.regions,
      plan: tenant.plan,
      mayBePublic: false,
      base: `/w/${tenant.slug}`,
      csrf: csrfField(c),
    });
    const page = await renderPage(c, { title: "Add endpoint", section: "overview", body });
    return c.html(page, (refusal?.status ?? 200) as ContentfulStatusCode);
  };

  routes.get(PATH, (c) => {
    requirePermission(c.var.workspace.caller, "endpoint.create");
    return show(c, newEndpointValues((c.req.query("url") ?? "").slice(0, 2_048)), null);
  });

  routes.post(PATH, async (c) => {
    const { caller, tenant } = c.var.workspace;
    requirePermission(caller, "endpoint.create");
    const form = await c.req.formData();
    const values = valuesOfForm(form);
    if (form.get("more") === "assertions") {
      return show(c, withMoreAssertions(values), null);
    }
    const parsed = parseEndpointForm(newEndpointSchema, values, true);
    if (parsed.kind === "refused") {
      return show(c, values, { problems: parsed.problems, status: 400 });
    }
    try {
      const { url } = parsed.body;
      const { endpoint, isProbeRequested } = await registerEndpoint(deps, caller, {
        ...endpointFieldsOf(parsed.body),
        url,
      });
      c.var.flash({
        tone: "good",
        text: isProbeRequested
          ? "It is watched. The first results arrive within seconds."
          : "It is watched. The first results arrive with its next slot, within its cadence.",
      });
      return c.redirect(`/w/${tenant.slug}/endpoints/${endpoint.slug}`, 303);
    } catch (err) {
      const problems = problemsOf(err, values);
      return show(c, values, { problems, known: knownUrlOf(err), status: statusOf(err) });
    }
  });
  return routes;
}

const statusOf = (err: unknown) => (err instanceof AppError ? ERROR_STATUS[err.code] : 500);

function knownUrlOf(err: unknown): KnownUrl | null {
  const facts = err instanceof AppError ? err.facts : {};
  return facts.existing_slug === undefined && facts.board_slug === undefined
    ? null
    : {
        existingSlug: facts.existing_slug,
        boardSlug: facts.board_slug,
        canClaim: facts.offers?.includes("claim") ?? false,
      };
}
