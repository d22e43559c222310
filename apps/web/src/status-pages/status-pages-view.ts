import type { StatusPageRow } from "@alivemcp/db/queries/status-pages";
import type { WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import { html } from "hono/html";
import { areaField, problemSummary, textField } from "../endpoints/fields.ts";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { confirmDetails } from "../views/confirm-details.ts";
import type { Html } from "../views/html.ts";
import type { WebContext } from "../web-env.ts";

/** All status pages of a workspace, with where each is. */
export function statusPagesView(model: {
  readonly pages: readonly StatusPageRow[];
  /** `/w/<slug>/pages`. */
  readonly base: string;
  readonly publicUrl: string;
  readonly mayWrite: boolean;
}): Html {
  const { pages, base, publicUrl, mayWrite } = model;
  const add = mayWrite ? html`<p class="actions"><a class="button" href="${base}/new">New page</a></p>` : "";
  return html`<div class="title-row"><h1>Status pages</h1>${pages.length === 0 ? "" : add}</div>
<p class="lead">One public page over several endpoints, with your own title, feeds and summary.</p>
${
  pages.length === 0
    ? html`<div class="empty"><h2>No status page yet</h2><p>Each endpoint has a page of its own already; this puts several on one.</p>${add}</div>`
    : html`<ul class="people">${pages.map(
        (page) => html`<li><div class="who"><b>${page.title}</b><br>
<span class="faint"><a href="${publicUrl}/p/${page.slug}">${publicUrl}/p/${page.slug}</a> · ${page.endpointIds.length === 1 ? "1 endpoint" : `${page.endpointIds.length} endpoints`}</span></div>
${mayWrite ? html`<a class="button quiet" href="${base}/${page.slug}">Change<span class="visually-hidden"> ${page.title}</span></a>` : ""}</li>`,
      )}</ul>`
}`;
}

export interface StatusPageValues {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly endpointIds: readonly string[];
}

/** The form of a new page, or of one that is there. */
export function statusPageFormView(
  c: WebContext,
  model: {
    readonly values: StatusPageValues;
    readonly problems: FormProblems;
    readonly endpoints: readonly WatchedEndpoint[];
    readonly base: string;
    readonly publicUrl: string;
    readonly isNew: boolean;
    /** Forms of their own below the page's; empty for a new one. */
    readonly more: Html | "";
  },
): Html {
  const { values, problems, endpoints, base, publicUrl, isNew, more } = model;
  const showable = endpoints.filter(({ visibility }) => visibility !== "private");
  const hidden = endpoints.length - showable.length;
  return html`<p class="crumb"><a href="${base}">Status pages</a></p><h1>${isNew ? "New status page" : values.title}</h1>
${problemSummary(problems)}
<form class="endpoint-form" method="post" action="${isNew ? `${base}/new` : `${base}/${values.slug}`}">${csrfField(c)}
${textField({ name: "title", label: "Title", value: values.title, maxlength: 100, isRequired: true }, problems)}
${
  isNew
    ? textField(
        {
          name: "slug",
          label: "Address",
          value: values.slug,
          maxlength: 60,
          isRequired: true,
          isCode: true,
          placeholder: "acme",
          hint: `The page is at ${publicUrl}/p/<address>. It stays: links lead there.`,
        },
        problems,
      )
    : html`<p class="faint">At <a href="${publicUrl}/p/${values.slug}">${publicUrl}/p/${values.slug}</a></p>`
}
${areaField({ name: "description", label: "Description", value: values.description, rows: 3, maxlength: 1_000, hint: "What readers should know; plain text." }, problems)}
<fieldset id="endpoints"><legend>Endpoints</legend>${problems.endpoints === undefined ? "" : html`<p class="problem">${problems.endpoints}</p>`}
<p class="hint">An unlisted endpoint is found by whoever reads this page: choosing it shows its name, its host and its own page to them.</p>
${showable.map(
  (one) =>
    html`<label class="check"><input type="checkbox" name="endpoint" value="${one.id}"${values.endpointIds.includes(one.id) ? html` checked` : ""}> <span>${one.name}${one.visibility === "unlisted" ? " (unlisted)" : ""}${one.isFollowed ? " (followed)" : ""}</span></label>`,
)}
${showable.length === 0 ? html`<p class="faint">There is no endpoint that a public page may show.</p>` : ""}
${hidden === 0 ? "" : html`<p class="faint">${hidden === 1 ? "One private endpoint is" : `${hidden} private endpoints are`} never on a public page.</p>`}</fieldset>
<p class="row"><button type="submit">${isNew ? "Make the page" : "Save"}</button><a class="button quiet" href="${base}">Cancel</a></p></form>
${more}
${
  isNew
    ? ""
    : confirmDetails({
        label: "Delete the page",
        spoken: `Delete ${values.title}`,
        body: html`<p>Its address answers “not found” then. The endpoints stay as they are.</p>
<form method="post" action="${base}/${values.slug}/delete">${csrfField(c)}<button class="danger" type="submit">Delete ${values.title}</button></form>`,
      })
}`;
}
