import { confirmSinkLink, readSinkLink } from "@alivemcp/actions/sinks/confirm-sink-link";
import { knowsUnsubscribeLink, unsubscribeSink } from "@alivemcp/actions/sinks/unsubscribe-sink";
import { publicLine } from "@alivemcp/core/public-text";
import { assetPath, BASE_STYLES, readAsset } from "@alivemcp/pages/asset";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { Deps } from "../deps.ts";
import { requestCaller } from "../request-caller.ts";
import { createAnonymousLimit } from "../requests/anonymous-limit.ts";
import { DOCS_STYLES } from "../routes/documentation.ts";
import { LINK_PAGE_POLICY, linkPage } from "./link-page.ts";

const GONE =
  "This link works no more: it was used, it is too old, or a newer one was sent. Ask whoever set it up to send another.";

/**
 * Where mails lead: `/confirm-sink/<token>` proves an address, `/u/<token>` ends the mails to it, by one press or by a mail
 * program's one click (RFC 8058). A GET never changes anything; the token is all there is to show, so no session is asked.
 */
export function mailLinkRoutes(deps: Deps): Hono {
  const count = createAnonymousLimit(deps.redis, {
    name: "mail-link",
    points: 60,
    durationS: 600,
    words: "Too many links in a short time; please wait ten minutes.",
  });
  const stylesPath = assetPath("docs.css", readAsset("css", BASE_STYLES, DOCS_STYLES));
  const show = (
    c: Context,
    status: 200 | 404,
    page: { readonly title: string; readonly text: string; readonly button?: string },
  ) =>
    c.html(linkPage({ button: null, stylesPath, ...page }), status, {
      "content-security-policy": LINK_PAGE_POLICY,
      "cache-control": "no-store",
    });
  const routes = new Hono();
  const limited: MiddlewareHandler = async (c, next) => {
    await count(requestCaller(c, deps.config.TRUSTED_PROXY_HOPS));
    await next();
  };
  routes.use("/confirm-sink/:token", limited);
  routes.use("/u/:token", limited);
  routes.get("/confirm-sink/:token", async (c) => {
    const waiting = await readSinkLink(deps, c.req.param("token"));
    return waiting === null
      ? show(c, 404, { title: "Nothing to confirm", text: GONE })
      : show(c, 200, {
          title: "Get alerts at this address?",
          text: `The workspace ${publicLine(waiting.workspaceName, 100)} of AliveMCP wants to send its alerts to ${waiting.shown}. You can end them at any time by the link in each mail.`,
          button: "Yes, send alerts to this address",
        });
  });
  routes.post("/confirm-sink/:token", async (c) => {
    const sink = await confirmSinkLink(deps, c.req.param("token"));
    return sink === null
      ? show(c, 404, { title: "Nothing to confirm", text: GONE })
      : show(c, 200, {
          title: "Confirmed",
          text: `Alerts go to ${sink.shown} from now on. You can close this page.`,
        });
  });
  routes.get("/u/:token", async (c) =>
    (await knowsUnsubscribeLink(deps, c.req.param("token")))
      ? show(c, 200, {
          title: "End these alerts?",
          text: "No more alerts of this workspace will come to your address. Its owner is shown that you ended them.",
          button: "End these alerts",
        })
      : show(c, 404, { title: "Nothing to end", text: "No alerts are sent by this link any more." }),
  );
  routes.post("/u/:token", async (c) =>
    (await unsubscribeSink(deps, c.req.param("token"))) === "ended"
      ? show(c, 200, { title: "Ended", text: "No more alerts will come to your address by this workspace." })
      : show(c, 404, { title: "Nothing to end", text: "No alerts are sent by this link any more." }),
  );
  return routes;
}
