import { AppError } from "@alivemcp/core/app-error";
import { publicHelp } from "@alivemcp/core/public-help";
import { FAILURE_REASONS } from "@alivemcp/core/states";
import { type Context, Hono } from "hono";
import type { Deps } from "../deps.ts";
import { botView, parseOptOutOutcome } from "../views/bot-view.ts";
import { helpIndexView, helpView } from "../views/help-view.ts";
import { layout, type Page } from "../views/layout.ts";
import { uptimeView } from "../views/uptime-view.ts";

/** `/help`, `/help/<reason>`, `/uptime`, `/bot`: pages without data of any endpoint. */
export function staticPageRoutes({ site, regions }: Pick<Deps, "site" | "regions">): Hono {
  const routes = new Hono();
  const show = async (c: Context, page: Page) =>
    c.html(await layout(site, page), 200, { "cache-control": "public, max-age=60" });
  routes.get("/help", (c) =>
    show(c, {
      title: "Why a probe fails: AliveMCP",
      description: "Every reason a probe of an MCP endpoint can end with, in plain words.",
      path: "/help",
      body: helpIndexView(),
    }),
  );
  routes.get("/help/:reason", (c) => {
    const reason = FAILURE_REASONS.find((known) => known === c.req.param("reason"));
    if (reason === undefined) {
      throw new AppError({
        code: "not_found",
        internal: "no such failure reason",
        public: "There is no such reason. All of them are listed under /help.",
      });
    }
    const { title, meaning } = publicHelp(reason);
    return show(c, {
      title: `${title}: AliveMCP`,
      description: meaning,
      path: `/help/${reason}`,
      body: helpView(reason),
    });
  });
  routes.get("/uptime", (c) =>
    show(c, {
      title: "How uptime is counted: AliveMCP",
      description: "The formula behind every uptime figure, its windows and its rounding.",
      path: "/uptime",
      body: uptimeView(),
    }),
  );
  const cities = regions.map((region) => region.city);
  routes.get("/bot", (c) =>
    show(c, {
      title: "The AliveMCP prober",
      description: "Who probes MCP endpoints, from where, how often, and how to opt out.",
      path: "/bot",
      body: botView(site, cities, parseOptOutOutcome(c.req.query("opt_out"))),
    }),
  );
  return routes;
}
