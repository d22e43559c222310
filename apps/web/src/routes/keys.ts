import { createKey } from "@alivemcp/actions/keys/create-key";
import { listKeys } from "@alivemcp/actions/keys/list-keys";
import { revokeKey } from "@alivemcp/actions/keys/revoke-key";
import { type Action, decidePermission, SCOPES } from "@alivemcp/core/permissions";
import { plainText } from "@alivemcp/core/plain-text";
import type { ApiKey, ApiKeyPosition } from "@alivemcp/db/queries/api-keys";
import { Hono } from "hono";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { postedText, readForm } from "../forms/read-form.ts";
import { type FormRefusal, refusalOf } from "../forms/refusal-of.ts";
import { keysView, LIVES } from "../keys/keys-view.ts";
import { renderPage } from "../render-page.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const KEYS_PER_PAGE = 50;
const DAY_MS = 86_400_000;
const createForm = z.object({ name: plainText(100), life: z.enum(LIVES, "Choose how long it works.") });

/** `/w/<workspace>/keys`: the keys of programs; a new one is shown once. */
export function keyRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/keys", (c) => showKeys(deps, c, {}));

  routes.post("/w/:workspace/keys", async (c) => {
    const form = await readForm(c, createForm);
    const scopes = await postedScopes(c);
    if (form.kind === "refused" || scopes.length === 0) {
      const problems = {
        ...(form.kind === "refused" && form.problems),
        ...(scopes.length === 0 && { scopes: "Choose what the key may do." }),
      };
      return showKeys(deps, c, { refusal: { problems, status: 400 } });
    }
    const { name, life } = form.values;
    const expiresAtMs = life === "never" ? null : deps.clock.nowMs() + Number(life) * DAY_MS;
    try {
      const { token } = await createKey(deps, c.var.workspace.caller, { name, scopes, expiresAtMs });
      return await showKeys(deps, c, { token: { name, text: token } });
    } catch (err) {
      return showKeys(deps, c, { refusal: refusalOf(err, ["name", "scopes"]) });
    }
  });

  routes.post("/w/:workspace/keys/revoke", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const key = await revokeKey(deps, caller, await postedText(c, "key_id"));
    c.var.flash({ tone: "good", text: `The key ${key.name} opens nothing any more.` });
    return c.redirect(`/w/${tenant.slug}/keys`, 303);
  });
  return routes;
}

async function postedScopes(c: WebContext) {
  const posted = await c.req.parseBody();
  return SCOPES.filter((scope) => posted[`scope-${scope}`] !== undefined);
}

async function showKeys(
  deps: Deps,
  c: WebContext,
  { refusal, token = null }: { refusal?: FormRefusal; token?: { name: string; text: string } | null },
): Promise<Response> {
  const { caller, tenant } = c.var.workspace;
  const may = (action: Action) => decidePermission(caller.actor, action).kind === "allowed";
  const keys = await listKeys(deps, caller, { before: positionOf(c), limit: KEYS_PER_PAGE + 1 });
  const shown = keys.slice(0, KEYS_PER_PAGE);
  const path = `/w/${tenant.slug}/keys`;
  const body = keysView(c, {
    keys: shown,
    path,
    apiUrl: deps.site.apiUrl,
    may: { create: may("key.create"), revoke: may("key.revoke") },
    nowMs: deps.clock.nowMs(),
    token,
    next: keys.length > KEYS_PER_PAGE ? `${path}?before=${cursorOf(shown.at(-1))}` : null,
    form:
      refusal === undefined
        ? { name: "", scopes: ["read"], life: "90", problems: {} }
        : {
            name: await postedText(c, "name"),
            scopes: await postedScopes(c),
            life: await postedText(c, "life"),
            problems: refusal.problems,
          },
  });
  const page = await renderPage(c, { title: `API keys of ${tenant.name}`, section: "keys", body });
  return c.html(page, refusal?.status ?? 200);
}

const cursorOf = (key: ApiKey | undefined) =>
  key === undefined ? "" : `${key.createdAt.getTime()}.${key.id}`;

/** A cursor that is not one begins at the newest. */
function positionOf(c: WebContext): ApiKeyPosition | null {
  const [createdAtMs, id] = (c.req.query("before") ?? "").split(".");
  return /^\d{1,15}$/.test(createdAtMs ?? "") && z.uuid().safeParse(id).success
    ? { createdAtMs: Number(createdAtMs), id: id ?? "" }
    : null;
}
