import { leaveWorkspace } from "@alivemcp/actions/members/leave-workspace";
import { listMembers } from "@alivemcp/actions/members/list-members";
import { transferOwnership } from "@alivemcp/actions/members/transfer-ownership";
import { deleteWorkspace } from "@alivemcp/actions/workspaces/delete-workspace";
import { keepWorkspace } from "@alivemcp/actions/workspaces/keep-workspace";
import { readUsage } from "@alivemcp/actions/workspaces/read-usage";
import { renameWorkspace } from "@alivemcp/actions/workspaces/rename-workspace";
import { type Action, decidePermission } from "@alivemcp/core/permissions";
import { plainText } from "@alivemcp/core/plain-text";
import { Hono } from "hono";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { readForm } from "../forms/read-form.ts";
import { type FormRefusal, refusalOf } from "../forms/refusal-of.ts";
import { renderPage } from "../render-page.ts";
import { viewerOf } from "../viewer-of.ts";
import type { WebContext, WebEnv } from "../web-env.ts";
import { type SettingsForm, type SettingsModel, settingsView } from "../workspace/settings-view.ts";

const nameForm = z.object({ name: plainText(100), slug: z.string().trim().toLowerCase() });
const confirmation = z.string().max(1_000);
const transferForm = z.object({ user_id: z.string(), confirmation });
const deleteForm = z.object({ confirmation });

/** `/w/<workspace>/settings`: its name, who owns it, leaving it, its end. */
export function workspaceSettingsRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const telling = { ...deps, appUrl: deps.site.appUrl };
  const path = "/w/:workspace/settings";
  routes.get(path, (c) => showSettings(deps, c, null));

  routes.post(`${path}/name`, (c) =>
    doing(deps, c, { form: "name", schema: nameForm }, async (values) => {
      const { slug } = await renameWorkspace(deps, c.var.workspace.caller, values);
      return { text: "Saved.", to: `/w/${slug}/settings` };
    }),
  );
  routes.post(`${path}/transfer`, (c) =>
    doing(deps, c, { form: "transfer", schema: transferForm }, async (values) => {
      const { caller, tenant } = c.var.workspace;
      const owner = await transferOwnership(deps, caller, {
        userId: values.user_id,
        confirmation: values.confirmation,
      });
      return { text: `${owner.name} owns ${tenant.name} now. Sign in again to go on as admin.`, to: "/" };
    }),
  );
  routes.post(`${path}/leave`, (c) =>
    doing(deps, c, { form: "leave", schema: z.object({}) }, async () => {
      await leaveWorkspace(deps, c.var.workspace.caller);
      return { text: `You left ${c.var.workspace.tenant.name}.`, to: "/" };
    }),
  );
  routes.post(`${path}/delete`, (c) =>
    doing(deps, c, { form: "delete", schema: deleteForm }, async (values) => {
      const { caller, tenant } = c.var.workspace;
      const dueAt = await deleteWorkspace(telling, caller, values);
      const day = dueAt.toISOString().slice(0, 10);
      return {
        text: `${tenant.name} is erased on ${day}. Every member was told.`,
        to: `/w/${tenant.slug}/settings`,
      };
    }),
  );
  routes.post(`${path}/keep`, (c) =>
    doing(deps, c, { form: "delete", schema: z.object({}) }, async () => {
      const { caller, tenant } = c.var.workspace;
      await keepWorkspace(telling, caller);
      return {
        text: `${tenant.name} stays. Its endpoints are watched again.`,
        to: `/w/${tenant.slug}/settings`,
      };
    }),
  );
  return routes;
}

/** Reads a form, does what it asks for and leads on with a sentence; or shows the page with what is wrong. */
async function doing<Schema extends z.ZodObject>(
  deps: Deps,
  c: WebContext,
  { form, schema }: { readonly form: SettingsForm; readonly schema: Schema },
  run: (values: z.infer<Schema>) => Promise<{ readonly text: string; readonly to: string }>,
): Promise<Response> {
  const read = await readForm(c, schema);
  if (read.kind === "refused") {
    return showSettings(deps, c, { form, problems: read.problems, status: 400 });
  }
  try {
    const { text, to } = await run(read.values);
    c.var.flash({ tone: "good", text });
    return c.redirect(to, 303);
  } catch (err) {
    return showSettings(deps, c, { form, ...refusalOf(err, Object.keys(schema.shape)) });
  }
}

async function showSettings(
  deps: Deps,
  c: WebContext,
  refusal: (FormRefusal & { readonly form: SettingsForm }) | null,
): Promise<Response> {
  const { caller, tenant, role } = c.var.workspace;
  const may = (action: Action) => decidePermission(caller.actor, action).kind === "allowed";
  const model: SettingsModel = {
    tenant,
    usage: await readUsage(deps, caller),
    members: may("workspace.transfer") ? await listMembers(deps, caller) : [],
    viewerId: viewerOf(c).userId,
    may: {
      update: may("workspace.update"),
      transfer: may("workspace.transfer"),
      delete: may("workspace.delete"),
      export: may("workspace.export"),
    },
    isOwner: role === "owner",
    refused: refusal && { ...refusal, given: await postedTexts(c) },
  };
  const page = await renderPage(c, {
    title: `Settings of ${tenant.name}`,
    section: "settings",
    body: settingsView(c, model),
  });
  return c.html(page, refusal?.status ?? 200);
}

async function postedTexts(c: WebContext): Promise<Readonly<Record<string, string>>> {
  const posted = Object.entries(await c.req.parseBody());
  return Object.fromEntries(
    posted.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
