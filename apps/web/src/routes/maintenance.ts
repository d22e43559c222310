import { createMaintenance, endMaintenance } from "@alivemcp/actions/maintenance/change-maintenance";
import { listMaintenance, listUpcomingMaintenance } from "@alivemcp/actions/maintenance/list-maintenance";
import { requirePermission } from "@alivemcp/actions/require-permission";
import { listWatchedNames } from "@alivemcp/actions/watched/list-watched-names";
import { decidePermission } from "@alivemcp/core/permissions";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { readPostedLists } from "../forms/posted-lists.ts";
import { type FormRefusal, refusalOf } from "../forms/refusal-of.ts";
import { maintenanceFormView } from "../maintenance/maintenance-form-view.ts";
import { maintenanceView } from "../maintenance/maintenance-view.ts";
import { toWindowLists } from "../maintenance/to-window-lists.ts";
import {
  FRESH_WINDOW,
  postedWindow,
  readWindow,
  WINDOW_FIELDS,
  type WindowValues,
} from "../maintenance/window-values.ts";
import { renderPage } from "../render-page.ts";
import { scopeChoices } from "../rules/scope-fields.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const NEW = "/w/:workspace/maintenance/new";
const NO_REFUSAL: FormRefusal = { problems: {}, status: 200 };

/** `/w/<workspace>/maintenance`: windows in which nobody is paged. */
export function maintenanceRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/maintenance", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const [all, upcoming, endpoints] = await Promise.all([
      listMaintenance(deps, caller),
      listUpcomingMaintenance(deps, caller),
      listWatchedNames(deps, caller),
    ]);
    const nowMs = deps.clock.nowMs();
    const body = maintenanceView(c, {
      ...toWindowLists({ all, upcoming, endpoints, nowMs }),
      base: `/w/${tenant.slug}`,
      mayWrite: decidePermission(caller.actor, "maintenance.write").kind === "allowed",
      nowMs,
    });
    return c.html(await renderPage(c, { title: `Maintenance of ${tenant.name}`, section: "alerting", body }));
  });

  routes.get(NEW, (c) => {
    requirePermission(c.var.workspace.caller, "maintenance.write");
    return showForm(deps, c, { values: FRESH_WINDOW, refusal: NO_REFUSAL });
  });

  routes.post(NEW, async (c) => {
    const { caller } = c.var.workspace;
    requirePermission(caller, "maintenance.write");
    const values = postedWindow(await readPostedLists(c));
    const read = readWindow(values, deps.clock.nowMs());
    if (read.kind === "refused") {
      return showForm(deps, c, { values, refusal: { problems: read.problems, status: 400 } });
    }
    try {
      await createMaintenance(deps, caller, read.values);
      c.var.flash({ tone: "good", text: "Planned. Nobody is paged for these endpoints meanwhile." });
      return toWindows(c);
    } catch (err) {
      const { problems, status } = refusalOf(err, ["name", "scope", ...Object.keys(WINDOW_FIELDS)]);
      const renamed = Object.entries(problems).map(([field, text]) => [WINDOW_FIELDS[field] ?? field, text]);
      return showForm(deps, c, { values, refusal: { problems: Object.fromEntries(renamed), status } });
    }
  });

  routes.post("/w/:workspace/maintenance/:maintenance/end", async (c) => {
    const { name } = await endMaintenance(deps, c.var.workspace.caller, c.req.param("maintenance"));
    c.var.flash({
      tone: "good",
      text: `${name} is over, and does not come again. What is wrong is told from now on.`,
    });
    return toWindows(c);
  });
  return routes;
}

const toWindows = (c: WebContext) => c.redirect(`/w/${c.var.workspace.tenant.slug}/maintenance`, 303);

async function showForm(
  deps: Deps,
  c: WebContext,
  { values, refusal }: { readonly values: WindowValues; readonly refusal: FormRefusal },
): Promise<Response> {
  const { caller, tenant } = c.var.workspace;
  const body = maintenanceFormView(c, {
    values,
    choices: scopeChoices(await listWatchedNames(deps, caller)),
    problems: refusal.problems,
    base: `/w/${tenant.slug}`,
  });
  const page = await renderPage(c, { title: "Plan a window", section: "alerting", body });
  return c.html(page, refusal.status);
}
