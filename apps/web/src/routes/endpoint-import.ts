import { confirmImport } from "@alivemcp/actions/imports/confirm-import";
import { getImport } from "@alivemcp/actions/imports/get-import";
import type { ImportOwner } from "@alivemcp/actions/imports/import-store";
import { previewImport } from "@alivemcp/actions/imports/preview-import";
import { requirePermission } from "@alivemcp/actions/require-permission";
import { AppError } from "@alivemcp/core/app-error";
import { Hono } from "hono";
import { html } from "hono/html";
import type { Deps } from "../deps.ts";
import { importFormView, importPreviewView, importResultView } from "../endpoints/import-view.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { renderPage } from "../render-page.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const PATH = "/w/:workspace/endpoints/import";

/** `/w/<workspace>/endpoints/import`: a file, what it comes to, and then what became of it. */
export function endpointImportRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const baseOf = (c: WebContext) => `/w/${c.var.workspace.tenant.slug}`;
  const showForm = async (c: WebContext, pasted: string, problem: string | null) => {
    const body = importFormView({ base: baseOf(c), csrf: csrfField(c), pasted, problem });
    const page = await renderPage(c, { title: "Import endpoints", section: "overview", body });
    return c.html(page, problem === null ? 200 : 400);
  };

  routes.get(PATH, (c) => {
    requirePermission(c.var.workspace.caller, "endpoint.create");
    return showForm(c, "", null);
  });

  routes.post(PATH, async (c) => {
    requirePermission(c.var.workspace.caller, "endpoint.create");
    const { bytes, pasted } = await readUpload(c);
    try {
      const id = await previewImport(deps, ownerOf(c), bytes);
      return c.redirect(`${baseOf(c)}/endpoints/import/${id}`, 303);
    } catch (err) {
      if (err instanceof AppError && err.code === "invalid") {
        return showForm(c, pasted, err.public);
      }
      throw err;
    }
  });

  routes.get(`${PATH}/:id`, async (c) => {
    const id = c.req.param("id");
    const stored = await getImport(deps, ownerOf(c), id);
    const base = baseOf(c);
    const body =
      stored.kind === "preview"
        ? importPreviewView(stored.preview, { base, id, csrf: csrfField(c) })
        : stored.kind === "done"
          ? importResultView(stored.result, base)
          : html`<h1>Import</h1><p class="lead">The endpoints are being added. <a href="${base}/endpoints/import/${id}">Look again</a></p>`;
    return c.html(await renderPage(c, { title: "Import endpoints", section: "overview", body }));
  });

  routes.post(`${PATH}/:id`, async (c) => {
    const id = c.req.param("id");
    await confirmImport(deps, ownerOf(c), id);
    return c.redirect(`${baseOf(c)}/endpoints/import/${id}`, 303);
  });
  return routes;
}

const ownerOf = (c: WebContext): ImportOwner => ({
  caller: c.var.workspace.caller,
  sessionId: c.var.viewer?.sessionId ?? "",
});

/** The chosen file, or else the pasted text. */
async function readUpload(c: WebContext): Promise<{ bytes: Uint8Array; pasted: string }> {
  const form = await c.req.formData();
  const file = form.get("file");
  const text = form.get("text");
  const pasted = typeof text === "string" ? text : "";
  return typeof file !== "string" && file !== null && file.size > 0
    ? { bytes: new Uint8Array(await file.arrayBuffer()), pasted }
    : { bytes: new TextEncoder().encode(pasted), pasted };
}
