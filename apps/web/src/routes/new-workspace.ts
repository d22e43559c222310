import { createWorkspace } from "@alivemcp/actions/workspaces/create-workspace";
import { plainText } from "@alivemcp/core/plain-text";
import { isPlanName } from "@alivemcp/core/plans";
import { Hono } from "hono";
import { html } from "hono/html";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { postedText, readForm } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { requireViewer } from "../middleware/require-viewer.ts";
import { renderPage } from "../render-page.ts";
import { viewerOf } from "../viewer-of.ts";
import { formField, formProblem } from "../views/form-field.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

/** Every workspace has its own limits, so they may not be multiplied without end. Operators make more. */
const OWNED_MAX = 5;
const nameForm = z.object({ name: plainText(100) });

/** `/workspaces/new`: another workspace, owned by whoever makes it. */
export function newWorkspaceRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const show = async (c: WebContext, problem?: { readonly field?: string; readonly form?: string }) => {
    const name = c.req.method === "POST" ? await postedText(c, "name") : "";
    const body = html`<div class="narrow"><h1>New workspace</h1>
<p>Endpoints, members and keys of one team. You can switch between workspaces at the top.</p>
${formProblem(problem?.form)}
<form class="stack" method="post" action="/workspaces/new">${csrfField(c)}
${formField({ name: "name", label: "Name", value: name, problem: problem?.field, autocomplete: "organization", maxlength: 100 })}
<p class="row"><button type="submit">Create workspace</button></p></form></div>`;
    return c.html(await renderPage(c, { title: "New workspace", body }), problem === undefined ? 200 : 400);
  };

  routes.use("/workspaces/*", requireViewer(deps));
  routes.get("/workspaces/new", (c) => show(c));
  routes.post("/workspaces/new", async (c) => {
    const form = await readForm(c, nameForm);
    if (form.kind === "refused") {
      return show(c, { field: form.problems.name ?? "Give a name." });
    }
    if (c.var.memberships.filter(({ role }) => role === "owner").length >= OWNED_MAX) {
      return show(c, {
        form: `You own ${OWNED_MAX} workspaces, which is the limit. Write to the operators if you need more.`,
      });
    }
    const { DEFAULT_PLAN } = deps.config;
    const tenant = await createWorkspace(deps, {
      name: form.values.name,
      plan: isPlanName(DEFAULT_PLAN) ? DEFAULT_PLAN : "public",
      ownerId: viewerOf(c).userId,
      requestId: c.var.requestId,
      address: c.var.address,
    });
    c.var.flash({ tone: "good", text: "Your workspace is ready." });
    return c.redirect(`/w/${tenant.slug}/`, 303);
  });
  return routes;
}
