import { finishSlackInstall, readSlackInstall } from "@alivemcp/actions/sinks/install-slack";
import { publicLine } from "@alivemcp/core/public-text";
import { assetPath, BASE_STYLES, readAsset } from "@alivemcp/pages/asset";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { Deps } from "../deps.ts";
import { toAppError } from "../error-response.ts";
import { requestCaller } from "../request-caller.ts";
import { createAnonymousLimit } from "../requests/anonymous-limit.ts";
import { DOCS_STYLES } from "../routes/documentation.ts";
import { LINK_PAGE_POLICY, linkPage } from "./link-page.ts";

/**
 * `/oauth/slack/callback`: where Slack sends people back to. The page names the workspace that began and asks once more:
 * nobody's channel ends up in a stranger's workspace by a link that they followed. Only the press trades the code. Who
 * began in the dashboard lands on the sink's page there.
 */
export function slackInstallRoutes(deps: Deps): Hono {
  const count = createAnonymousLimit(deps.redis, {
    name: "slack-install",
    points: 30,
    durationS: 600,
    words: "Too many tries in a short time; please wait ten minutes.",
  });
  const limited: MiddlewareHandler = async (c, next) => {
    await count(requestCaller(c, deps.config.TRUSTED_PROXY_HOPS));
    await next();
  };
  const stylesPath = assetPath("docs.css", readAsset("css", BASE_STYLES, DOCS_STYLES));
  // Browsers hold a form's redirects to form-action, too: CSP level 3, section 6.4.1.
  const policy = LINK_PAGE_POLICY.replace(
    "form-action 'self'",
    `form-action 'self' ${new URL(deps.appUrl).origin}`,
  );
  const show = (
    c: Context,
    status: 200 | 400,
    page: { readonly title: string; readonly text: string; readonly button?: string },
  ) =>
    c.html(linkPage({ button: null, stylesPath, ...page }), status, {
      "content-security-policy": policy,
      "cache-control": "no-store",
    });
  const gone = (c: Context, text: string) => show(c, 400, { title: "Slack was not connected", text });
  const routes = new Hono();
  routes.use("/callback", limited);
  routes.get("/callback", async (c) => {
    const { code, state = "" } = c.req.query();
    const workspace = await readSlackInstall(deps, state);
    if (workspace === null || code === undefined) {
      return gone(c, "It was cancelled, or took longer than ten minutes. Begin again in AliveMCP.");
    }
    return show(c, 200, {
      title: "Send alerts to this channel?",
      text: `The workspace ${publicLine(workspace, 100)} of AliveMCP will post its alerts to the channel that you chose in Slack.`,
      button: "Yes, connect the channel",
    });
  });
  routes.post("/callback", async (c) => {
    const { code = "", state = "" } = c.req.query();
    try {
      const { sink, workspaceSlug, begunBy } = await finishSlackInstall(deps, { code, state });
      if (begunBy === "member") {
        return c.redirect(`${deps.appUrl}/w/${workspaceSlug}/sinks/${sink.id}`, 303);
      }
      return show(c, 200, {
        title: "Connected",
        text: `Alerts can go to ${sink.shown} from now on. You can close this page.`,
      });
    } catch (err) {
      const known = toAppError(err);
      deps.log.warn({ err, code: known.code }, "slack install refused");
      return gone(c, known.public);
    }
  });
  return routes;
}
