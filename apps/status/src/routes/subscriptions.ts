import { type Context, Hono } from "hono";
import type { Deps } from "../deps.ts";
import {
  confirmView,
  doneView,
  endView,
  parseSubscriptionOutcome,
} from "../subscriptions/subscription-views.ts";
import { layout, type Page } from "../views/layout.ts";

const TOKEN_CHARS_MAX = 200;

/** `/subscriptions/…`: pages with one button, which posts to the API. No GET changes anything; nothing is cached. */
export function subscriptionRoutes({ site }: Pick<Deps, "site">): Hono {
  const routes = new Hono();
  const show = async (c: Context, page: Pick<Page, "title" | "body">) =>
    c.html(
      await layout(site, {
        ...page,
        description: "A subscription to incidents of MCP endpoints.",
        path: c.req.path,
        isIndexed: false,
      }),
      200,
      { "cache-control": "no-store" },
    );
  const tokenOf = (c: Context) => (c.req.query("token") ?? "").slice(0, TOKEN_CHARS_MAX);
  routes.get("/subscriptions/confirm", (c) =>
    show(c, { title: "Confirm: AliveMCP", body: confirmView(site, tokenOf(c)) }),
  );
  routes.get("/subscriptions/end", (c) =>
    show(c, { title: "Unsubscribe: AliveMCP", body: endView(site, tokenOf(c)) }),
  );
  routes.get("/subscriptions/done", (c) =>
    show(c, {
      title: "Subscription: AliveMCP",
      body: doneView(parseSubscriptionOutcome(c.req.query("outcome"))),
    }),
  );
  return routes;
}
