import { decidePermission } from "@alivemcp/core/permissions";
import { html } from "hono/html";
import { csrfField } from "../middleware/form-guard.ts";
import type { WebContext } from "../web-env.ts";
import type { Html } from "./html.ts";
import { ACCOUNT_SECTIONS, WORKSPACE_SECTIONS } from "./navigation.ts";

export interface Page {
  readonly title: string;
  readonly body: Html;
  /** Entry of the workspace's navigation that this page belongs to, such as `members`. */
  readonly section?: string;
  /** Paths of scripts of ours that make the page more pleasant; it works without them. */
  readonly scripts?: readonly string[];
  /** Seconds after which a browser without JavaScript loads the page again. */
  readonly refreshS?: number;
}

/** The frame of every page: works without JavaScript; menus are `details` elements. */
export function layout(c: WebContext, page: Page): Html {
  const { site, viewer } = c.var;
  const flash = c.var.takeFlash();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · AliveMCP</title>
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${site.assets.css}">
${(page.scripts ?? []).map((path) => html`<script type="module" src="${path}"></script>`)}
${page.refreshS === undefined ? "" : html`<noscript><meta http-equiv="refresh" content="${page.refreshS}"></noscript>`}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top"><div class="wide">
<a class="brand" href="/"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M2 12h5l2.5-7 5 14L17 12h5"/></svg>AliveMCP</a>
${viewer === null ? signedOutMenu() : signedInMenus(c)}
</div></header>
${sectionNavigation(c, page.section)}
<main id="main" class="wide" tabindex="-1">
${flash === null ? "" : html`<p class="notice notice-${flash.tone}" role="status">${flash.text}</p>`}
${workspaceNotice(c)}${page.body}
</main>
<footer class="bottom"><div class="wide">
<p><a href="${site.publicUrl}/">Public board</a> · <a href="${site.publicUrl}/uptime">How uptime is counted</a> · <a href="${site.publicUrl}/bot">Who probes</a>. All times are UTC.</p>
${site.isSimulated ? html`<p>The regions of this installation are simulated: every probe starts on one and the same machine.</p>` : ""}
</div></footer>
</body>
</html>`;
}

const signedOutMenu = () =>
  html`<nav aria-label="Main"><ul><li><a href="/sign-in">Sign in</a></li><li><a href="/sign-up">Sign up</a></li></ul></nav>`;

function signedInMenus(c: WebContext): Html {
  const { viewer, memberships } = c.var;
  const current = c.get("workspace")?.tenant;
  return html`<nav aria-label="Main"><ul>
<li>${menu(
    current?.name ?? "Workspaces",
    html`${memberships.map(
      ({ tenant }) =>
        html`<li><a href="/w/${tenant.slug}/"${tenant.id === current?.id ? html` aria-current="true"` : ""}>${tenant.name}</a></li>`,
    )}<li><a href="/workspaces/new">New workspace</a></li>`,
  )}</li>
<li>${menu(
    "Account",
    html`<li><p class="faint"><b>${viewer?.name ?? ""}</b><br>${viewer?.email ?? ""}</p></li><li><a href="/account">Account settings</a></li>
<li><form method="post" action="/sign-out">${csrfField(c)}<button type="submit">Sign out</button></form></li>`,
  )}</li>
</ul></nav>`;
}

const menu = (label: string, entries: Html) =>
  html`<details class="menu"><summary><span>${label}</span></summary><ul>${entries}</ul></details>`;

/** Pages beside this one: those of the workspace, or those of the person's own account. */
function sectionNavigation(c: WebContext, section: string | undefined): Html | "" {
  const workspace = c.get("workspace");
  if (workspace !== undefined) {
    const home = `/w/${workspace.tenant.slug}/`;
    return sectionList(
      "Workspace",
      WORKSPACE_SECTIONS.filter(
        ({ action }) => decidePermission(workspace.caller.actor, action).kind === "allowed",
      ).map((entry) => ({ ...entry, path: `${home}${entry.path}` })),
      section,
    );
  }
  return ACCOUNT_SECTIONS.some((entry) => entry.section === section)
    ? sectionList("Account", ACCOUNT_SECTIONS, section)
    : "";
}

const sectionList = (
  label: string,
  entries: readonly { readonly path: string; readonly section: string; readonly label: string }[],
  current: string | undefined,
): Html =>
  html`<nav class="sections" aria-label="${label}"><ul class="wide">${entries.map(
    (entry) =>
      html`<li><a href="${entry.path}"${entry.section === current ? html` aria-current="page"` : ""}>${entry.label}</a></li>`,
  )}</ul></nav>`;

/** On every page of a workspace that is suspended or on its way out. */
function workspaceNotice(c: WebContext): Html | "" {
  const tenant = c.get("workspace")?.tenant;
  if (tenant === undefined || (tenant.suspendedAt === null && tenant.deletionDueAt === null)) {
    return "";
  }
  return tenant.deletionDueAt === null
    ? html`<p class="notice notice-bad" role="status">This workspace is suspended: nothing of it is watched, and nothing can be changed. ${tenant.suspendedReason ?? ""} Write to the operators to have it lifted.</p>`
    : html`<p class="notice notice-bad" role="status">This workspace is erased on ${tenant.deletionDueAt.toISOString().slice(0, 10)}; its endpoints are not watched any more. Its owner can undo that under <a href="/w/${tenant.slug}/settings">Settings</a>.</p>`;
}
