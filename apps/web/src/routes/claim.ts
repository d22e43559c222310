import type { ProofCheck } from "@alivemcp/actions/claims/check-proofs";
import { claimEndpoint } from "@alivemcp/actions/claims/claim-endpoint";
import { takenAlready } from "@alivemcp/actions/claims/claim-subject";
import { getClaim } from "@alivemcp/actions/claims/get-claim";
import { AppError, ERROR_STATUS } from "@alivemcp/core/app-error";
import { Hono } from "hono";
import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Deps } from "../deps.ts";
import { claimView } from "../endpoints/claim-view.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { renderPage } from "../render-page.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

/** Claim of an endpoint on the board, and proof of one's own: the same page at two addresses. */
const PATHS = ["/w/:workspace/board/:slug/claim", "/w/:workspace/endpoints/:slug/claim"] as const;

export function claimRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  for (const path of PATHS) {
    routes.get(path, (c) => showClaim(deps, c, { proofs: null, refusal: null }));

    routes.post(path, async (c) => {
      const { caller, tenant } = c.var.workspace;
      try {
        const outcome = await claimEndpoint(deps, caller, c.req.param("slug"));
        if (outcome.kind === "unproven") {
          return showClaim(deps, c, { proofs: outcome.proofs, refusal: null });
        }
        c.var.flash({ tone: "good", text: `Proven. ${outcome.endpoint.name} is yours.` });
        return c.redirect(`/w/${tenant.slug}/endpoints/${outcome.endpoint.slug}/edit`, 303);
      } catch (err) {
        if (err instanceof AppError && ["conflict", "limit_reached", "rate_limited"].includes(err.code)) {
          return showClaim(deps, c, { proofs: null, refusal: err });
        }
        throw err;
      }
    });
  }
  return routes;
}

async function showClaim(
  deps: Deps,
  c: WebContext,
  shown: { readonly proofs: readonly ProofCheck[] | null; readonly refusal: AppError | null },
): Promise<Response> {
  const { caller, tenant } = c.var.workspace;
  const { subject, challenge } = await getClaim(deps, caller, c.req.param("slug") ?? "");
  const base = `/w/${tenant.slug}`;
  const home = subject.isOwn ? `${base}/endpoints/${subject.slug}` : `${base}/board/${subject.slug}`;
  const refusal = shown.refusal ?? (subject.state === "taken" ? takenAlready(deps.claimsContact) : null);
  const title = subject.isOwn ? `Prove ${subject.name}` : `Claim ${subject.name}`;
  const heading = html`<p class="crumb"><a href="${base}/">Endpoints</a> / <a href="${home}">${subject.name}</a></p>
<h1>${title}</h1><p class="url">${subject.url}</p>`;
  const body =
    subject.state === "mine"
      ? html`<p>It is proven to be yours. <a href="${home}/edit">Show its settings</a></p>`
      : subject.state === "taken"
        ? html`<p class="notice notice-bad" role="alert">${refusal?.public ?? ""}</p>`
        : claimView({
            subject,
            challenge,
            proofs: shown.proofs,
            problem: refusal?.public ?? null,
            path: `${home}/claim`,
            csrf: csrfField(c),
          });
  const page = await renderPage(c, { title, section: "overview", body: html`${heading}${body}` });
  if (shown.refusal?.retryAfterS != null) {
    c.header("retry-after", String(shown.refusal.retryAfterS));
  }
  return c.html(
    page,
    (shown.refusal === null ? 200 : ERROR_STATUS[shown.refusal.code]) as ContentfulStatusCode,
  );
}
