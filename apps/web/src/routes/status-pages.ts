import { requirePermission } from "@alivemcp/actions/require-permission";
import {
  createStatusPage,
  removeStatusPage,
  saveStatusPage,
} from "@alivemcp/actions/status-pages/change-status-page";
import { getStatusPage, listStatusPages } from "@alivemcp/actions/status-pages/list-status-pages";
import { removePageHost, verifyPageHost } from "@alivemcp/actions/status-pages/page-host";
import { removePageLogo, setPageLogo } from "@alivemcp/actions/status-pages/page-logo";
import { statusPageSchema, statusPageSlugSchema } from "@alivemcp/actions/status-pages/status-page-input";
import { listWatchedNames } from "@alivemcp/actions/watched/list-watched-names";
import { decidePermission } from "@alivemcp/core/permissions";
import { Hono } from "hono";
import { html } from "hono/html";
import type { Deps } from "../deps.ts";
import { readPostedLists } from "../forms/posted-lists.ts";
import { type FormRefusal, refusalOf } from "../forms/refusal-of.ts";
import { renderPage } from "../render-page.ts";
import { type PageHostModel, pageHostView } from "../status-pages/page-host-view.ts";
import { pageLogoView } from "../status-pages/page-logo-view.ts";
import {
  type StatusPageValues,
  statusPageFormView,
  statusPagesView,
} from "../status-pages/status-pages-view.ts";
import type { Html } from "../views/html.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const FRESH: StatusPageValues = { slug: "", title: "", description: "", endpointIds: [] };
const NO_REFUSAL: FormRefusal = { problems: {}, status: 200 };
const NO_LOOK = { typed: "", proof: null, problems: {} } as const;

/** `/w/<workspace>/pages`: public pages over several endpoints. */
export function statusPageRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/pages", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const body = statusPagesView({
      pages: await listStatusPages(deps, caller),
      base: baseOf(c),
      publicUrl: deps.site.publicUrl,
      mayWrite: decidePermission(caller.actor, "page.write").kind === "allowed",
    });
    return c.html(await renderPage(c, { title: `Status pages of ${tenant.name}`, section: "pages", body }));
  });

  routes.get("/w/:workspace/pages/new", (c) => {
    requirePermission(c.var.workspace.caller, "page.write");
    return showForm(deps, c, { values: FRESH, refusal: NO_REFUSAL, isNew: true });
  });

  routes.post("/w/:workspace/pages/new", (c) => save(deps, c, null));

  routes.get("/w/:workspace/pages/:page", async (c) => {
    const { caller } = c.var.workspace;
    requirePermission(caller, "page.write");
    return showPage(deps, c, { slug: c.req.param("page"), look: NO_LOOK, status: 200 });
  });

  routes.post("/w/:workspace/pages/:page", (c) => save(deps, c, c.req.param("page")));

  routes.post("/w/:workspace/pages/:page/host", (c) => lookAtHost(deps, c, c.req.param("page")));

  routes.post("/w/:workspace/pages/:page/host/delete", async (c) => {
    const slug = c.req.param("page");
    await removePageHost(deps, c.var.workspace.caller, slug);
    c.var.flash({ tone: "good", text: "The page is at its address here only." });
    return c.redirect(`${baseOf(c)}/${slug}`, 303);
  });

  routes.post("/w/:workspace/pages/:page/logo", (c) => putLogo(deps, c, c.req.param("page")));

  routes.post("/w/:workspace/pages/:page/logo/delete", async (c) => {
    const slug = c.req.param("page");
    await removePageLogo(deps, c.var.workspace.caller, slug);
    c.var.flash({ tone: "good", text: "The logo is gone." });
    return c.redirect(`${baseOf(c)}/${slug}`, 303);
  });

  routes.post("/w/:workspace/pages/:page/delete", async (c) => {
    const { title } = await removeStatusPage(deps, c.var.workspace.caller, c.req.param("page"));
    c.var.flash({ tone: "good", text: `${title} is gone.` });
    return c.redirect(baseOf(c), 303);
  });
  return routes;
}

const baseOf = (c: WebContext) => `/w/${c.var.workspace.tenant.slug}/pages`;

/** Looks for the proof of a host name, and says what is still to be done when it is not there. */
async function lookAtHost(deps: Deps, c: WebContext, slug: string): Promise<Response> {
  const { caller } = c.var.workspace;
  const typed = (await readPostedLists(c)).one("host");
  try {
    const proof = await verifyPageHost(deps, caller, { slug, host: typed });
    if (!proof.isVerified) {
      return showPage(deps, c, { slug, look: { typed: proof.host, proof, problems: {} }, status: 200 });
    }
    c.var.flash({ tone: "good", text: `The page is at ${proof.host} now.` });
    return c.redirect(`${baseOf(c)}/${slug}`, 303);
  } catch (err) {
    const { problems, status } = refusalOf(err, ["host"]);
    return showPage(deps, c, { slug, look: { typed, proof: null, problems }, status });
  }
}

async function putLogo(deps: Deps, c: WebContext, slug: string): Promise<Response> {
  const { logo } = await c.req.parseBody();
  const bytes = logo instanceof File ? new Uint8Array(await logo.arrayBuffer()) : new Uint8Array();
  try {
    await setPageLogo(deps, c.var.workspace.caller, { slug, bytes });
  } catch (err) {
    const { problems, status } = refusalOf(err, ["logo"]);
    return showPage(deps, c, { slug, look: NO_LOOK, status, logoProblem: problems.logo ?? problems.form });
  }
  c.var.flash({ tone: "good", text: "The logo is on the page." });
  return c.redirect(`${baseOf(c)}/${slug}`, 303);
}

/** A page that is there, as it is. Throws `not_found`. */
async function showPage(
  deps: Deps,
  c: WebContext,
  input: {
    readonly slug: string;
    readonly look: Omit<PageHostModel, "host">;
    readonly status: FormRefusal["status"];
    readonly logoProblem?: string | undefined;
  },
): Promise<Response> {
  const page = await getStatusPage(deps, c.var.workspace.caller, input.slug);
  const at = `${baseOf(c)}/${page.slug}`;
  const { publicUrl } = deps.site;
  return showForm(deps, c, {
    values: { ...page, description: page.description ?? "" },
    refusal: { problems: {}, status: input.status },
    isNew: false,
    more: html`${pageLogoView(c, {
      hasLogo: page.hasLogo,
      problem: input.logoProblem ?? null,
      action: `${at}/logo`,
      pictureUrl: `${publicUrl}/p/${page.slug}/logo`,
    })}${pageHostView(c, { host: page.host, ...input.look, action: `${at}/host`, publicUrl })}`,
  });
}

/** Makes a page (`slug` null) or changes one, or shows the form again with what is wrong. */
async function save(deps: Deps, c: WebContext, slug: string | null): Promise<Response> {
  const { caller } = c.var.workspace;
  requirePermission(caller, "page.write");
  if (slug !== null) {
    await getStatusPage(deps, caller, slug);
  }
  const posted = await readPostedLists(c);
  const values: StatusPageValues = {
    slug: slug ?? posted.one("slug"),
    title: posted.one("title"),
    description: posted.one("description").replaceAll("\r\n", "\n"),
    endpointIds: posted.all("endpoint"),
  };
  const input = statusPageSchema.extend({ slug: statusPageSlugSchema }).safeParse(values);
  const isNew = slug === null;
  if (!input.success) {
    const problems = Object.fromEntries(
      input.error.issues.map(({ path, message }) => [
        path[0] === "endpointIds" ? "endpoints" : String(path[0]),
        message,
      ]),
    );
    return showForm(deps, c, { values, refusal: { problems, status: 400 }, isNew });
  }
  try {
    const page = await (isNew ? createStatusPage : saveStatusPage)(deps, caller, input.data);
    c.var.flash({ tone: "good", text: `${page.title} is at ${deps.site.publicUrl}/p/${page.slug}.` });
    return c.redirect(baseOf(c), 303);
  } catch (err) {
    const refusal = refusalOf(err, ["slug", "title", "description", "endpoints"]);
    return showForm(deps, c, { values, refusal, isNew });
  }
}

async function showForm(
  deps: Deps,
  c: WebContext,
  input: {
    readonly values: StatusPageValues;
    readonly refusal: FormRefusal;
    readonly isNew: boolean;
    readonly more?: Html;
  },
): Promise<Response> {
  const { values, refusal, isNew } = input;
  const body = statusPageFormView(c, {
    values,
    problems: refusal.problems,
    endpoints: await listWatchedNames(deps, c.var.workspace.caller),
    base: baseOf(c),
    publicUrl: deps.site.publicUrl,
    isNew,
    more: input.more ?? "",
  });
  const title = isNew ? "New status page" : values.title;
  return c.html(await renderPage(c, { title, section: "pages", body }), refusal.status);
}
