import { deleteCredential } from "@alivemcp/actions/credentials/delete-credential";
import { describeCredential } from "@alivemcp/actions/credentials/describe-credential";
import { getEndpoint } from "@alivemcp/actions/endpoints/get-endpoint";
import { listMembers } from "@alivemcp/actions/members/list-members";
import { requirePermission } from "@alivemcp/actions/require-permission";
import { AppError } from "@alivemcp/core/app-error";
import { decidePermission } from "@alivemcp/core/permissions";
import type { EndpointRow } from "@alivemcp/db/queries/endpoints";
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import {
  type CredentialValues,
  FORM_KINDS,
  type FormKind,
  fieldOfPath,
  parseConnect,
  parseCredential,
  valuesToShow,
} from "../credentials/credential-form.ts";
import { type CredentialModel, connectView, credentialView } from "../credentials/credential-view.ts";
import type { Deps } from "../deps.ts";
import { ownEndpointFrame } from "../endpoints/endpoint-page-frame.ts";
import { refusalOf } from "../forms/refusal-of.ts";
import { internalCaller } from "../internal/internal-caller.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { renderPage } from "../render-page.ts";
import type { Html } from "../views/html.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const HOME = "/w/:workspace/endpoints/:slug";

/** `…/credential` and `…/connect`: what opens a private endpoint to its probes. Stored, described, deleted; never shown. */
export function credentialRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const find = (c: WebContext) => getEndpoint(deps, c.var.workspace.caller, c.req.param("slug") ?? "");

  routes.get(`${HOME}/credential`, async (c) => {
    requirePermission(c.var.workspace.caller, "credential.describe");
    return showCredential(deps, c, await find(c), {});
  });

  routes.post(`${HOME}/credential`, async (c) => {
    requirePermission(c.var.workspace.caller, "credential.write");
    const row = await find(c);
    const posted = await postedFields(c);
    const kind = FORM_KINDS.find((one) => one === posted.kind);
    if (kind === undefined || kind === "connect") {
      throw new AppError({
        code: "invalid",
        internal: "unknown kind",
        public: "Choose a kind of credential.",
      });
    }
    const parsed = parseCredential(kind, posted);
    if (parsed.kind === "refused") {
      return showCredential(deps, c, row, { kind, posted, problems: parsed.problems, status: 400 });
    }
    try {
      const { isProbeRequested } = await deps.vault.store(internalCaller(c), row.id, parsed.input);
      const text = isProbeRequested
        ? "Stored. The endpoint is private and is being probed with it now."
        : "Stored. The endpoint is private; its next probe carries it.";
      c.var.flash({ tone: "good", text });
      return c.redirect(`${homeOf(c, row.slug)}/credential`, 303);
    } catch (err) {
      return showCredential(deps, c, row, { kind, posted, ...refused(err) });
    }
  });

  routes.post(`${HOME}/credential/delete`, async (c) => {
    const row = await find(c);
    const isDeleted = await deleteCredential(deps, c.var.workspace.caller, row.id);
    const text = isDeleted ? "Deleted. Probes ask as a stranger from now on." : "There was none any more.";
    c.var.flash({ tone: "good", text });
    return c.redirect(`${homeOf(c, row.slug)}/credential`, 303);
  });

  routes.post(`${HOME}/connect`, async (c) => {
    requirePermission(c.var.workspace.caller, "credential.write");
    const row = await find(c);
    const posted = await postedFields(c);
    const parsed = parseConnect(posted);
    if (parsed.kind === "refused") {
      return showCredential(deps, c, row, {
        kind: "connect",
        posted,
        problems: parsed.problems,
        status: 400,
      });
    }
    try {
      const { authorizationUrl } = await deps.vault.startConnect(internalCaller(c), row.id, parsed.input);
      // A page in between, because `form-action 'self'` also forbids that a form ends on another site.
      const body = connectView({ authorizationUrl, home: homeOf(c, row.slug) });
      return c.html(await framed(c, row, body, `Connect ${row.name}`));
    } catch (err) {
      return showCredential(deps, c, row, { kind: "connect", posted, ...refused(err) });
    }
  });
  return routes;
}

const homeOf = (c: WebContext, slug: string) => `/w/${c.var.workspace.tenant.slug}/endpoints/${slug}`;

/** The fields of the form that are text; each is bounded where it is parsed. */
async function postedFields(c: WebContext): Promise<CredentialValues> {
  const posted = Object.entries(await c.req.parseBody());
  return Object.fromEntries(
    posted.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Refusals of the api under the names that the page has for fields. */
function refused(err: unknown) {
  const { problems, status } = refusalOf(err, [err instanceof AppError ? (err.field ?? "form") : "form"]);
  return {
    problems: Object.fromEntries(Object.entries(problems).map(([path, text]) => [fieldOfPath(path), text])),
    status,
  };
}

interface Refused {
  readonly kind?: FormKind;
  readonly posted?: CredentialValues;
  readonly problems?: CredentialModel["form"]["problems"];
  readonly status?: ContentfulStatusCode;
}

async function showCredential(
  deps: Deps,
  c: WebContext,
  row: EndpointRow,
  { kind, posted = {}, problems = {}, status = 200 }: Refused,
): Promise<Response> {
  const { caller } = c.var.workspace;
  const credential = await describeCredential(deps, caller, row.id);
  const createdBy = credential?.createdBy ?? null;
  const members = createdBy === null ? [] : await listMembers(deps, caller);
  const storedBy = members.find(({ userId }) => userId === createdBy)?.name;
  const body = credentialView({
    credential,
    storedBy: createdBy === null ? null : (storedBy ?? "somebody who left"),
    isPrivate: row.visibility === "private",
    mayWrite: decidePermission(caller.actor, "credential.write").kind === "allowed",
    home: homeOf(c, row.slug),
    csrf: csrfField(c),
    nowMs: deps.clock.nowMs(),
    form: { kind: kind ?? null, values: valuesToShow(posted), problems },
  });
  return c.html(await framed(c, row, body, `Credential of ${row.name}`), status);
}

function framed(c: WebContext, row: EndpointRow, body: Html, title: string): Promise<string> {
  const base = `/w/${c.var.workspace.tenant.slug}`;
  return renderPage(c, { title, section: "overview", body: ownEndpointFrame(row, base, body) });
}
