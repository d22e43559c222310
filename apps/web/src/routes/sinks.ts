import { requirePermission } from "@alivemcp/actions/require-permission";
import { createSink, sinkNameSchema } from "@alivemcp/actions/sinks/create-sink";
import { listSinks } from "@alivemcp/actions/sinks/get-sink";
import { startSlackInstall } from "@alivemcp/actions/sinks/install-slack";
import { AppError } from "@alivemcp/core/app-error";
import { decidePermission } from "@alivemcp/core/permissions";
import { SINK_KINDS, type SinkKind } from "@alivemcp/core/sink-kind";
import { settingsFromForm } from "@alivemcp/sinks/sink-setup";
import { SINK_SETUPS } from "@alivemcp/sinks/sink-setups";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { type FormRefusal, refusalOf } from "../forms/refusal-of.ts";
import { renderPage } from "../render-page.ts";
import { chooseKindView } from "../sinks/choose-kind-view.ts";
import { installView } from "../sinks/install-view.ts";
import { postedSettings, settingsRefusal, waysOf } from "../sinks/posted-settings.ts";
import { NAME_FIELD, setUpView } from "../sinks/set-up-view.ts";
import { showVerify } from "../sinks/show-verify.ts";
import { sinkListView } from "../sinks/sink-list-view.ts";
import { toSinkLine } from "../sinks/to-sink-line.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

/** `/w/<workspace>/sinks`: the places where alerts go, and how one is added. */
export function sinkListRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/sinks", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const body = sinkListView({
      sinks: (await listSinks(deps, caller)).map(toSinkLine),
      base: `/w/${tenant.slug}`,
      mayAdd: decidePermission(caller.actor, "sink.write").kind === "allowed",
      nowMs: deps.clock.nowMs(),
    });
    return c.html(await renderPage(c, { title: `Sinks of ${tenant.name}`, section: "alerting", body }));
  });

  routes.get("/w/:workspace/sinks/new", async (c) => {
    const { caller, tenant } = c.var.workspace;
    requirePermission(caller, "sink.write");
    const offered = Object.values(SINK_SETUPS).filter(({ kind }) => waysOf(deps, kind).length > 0);
    const body = chooseKindView(offered, `/w/${tenant.slug}`);
    return c.html(await renderPage(c, { title: "Add a sink", section: "alerting", body }));
  });

  routes.get("/w/:workspace/sinks/new/:kind", (c) => {
    requirePermission(c.var.workspace.caller, "sink.write");
    return showSetUp(deps, c, kindOf(c));
  });

  routes.post("/w/:workspace/sinks/new/:kind", async (c) => {
    const { caller } = c.var.workspace;
    requirePermission(caller, "sink.write");
    const kind = kindOf(c);
    const posted = await postedSettings(deps, c, kind);
    const name = sinkNameSchema.safeParse(posted.name);
    if (!name.success) {
      const problems = { [NAME_FIELD]: name.error.issues[0]?.message ?? "" };
      return showSetUp(deps, c, kind, { problems, status: 400 });
    }
    const settings = settingsFromForm(posted.way, posted.entered);
    try {
      const { sink, secret } = await createSink(deps, caller, { kind, name: name.data, settings });
      return secret === null
        ? c.redirect(`/w/${c.var.workspace.tenant.slug}/sinks/${sink.id}/verify`, 303)
        : await showVerify(deps, c, { sink, secret });
    } catch (err) {
      return showSetUp(deps, c, kind, settingsRefusal(err, kind));
    }
  });

  routes.post("/w/:workspace/sinks/install/slack", async (c) => {
    const { caller, tenant } = c.var.workspace;
    requirePermission(caller, "sink.write");
    try {
      const { url } = await startSlackInstall(deps, caller);
      // A page in between, because `form-action 'self'` also forbids that a form ends on another site.
      const body = installView({ url, base: `/w/${tenant.slug}` });
      return c.html(await renderPage(c, { title: "Add to Slack", section: "alerting", body }));
    } catch (err) {
      return showSetUp(deps, c, "slack", refusalOf(err, []));
    }
  });
  return routes;
}

function kindOf(c: WebContext): SinkKind {
  const kind = SINK_KINDS.find((one) => one === c.req.param("kind"));
  if (kind === undefined) {
    throw new AppError({
      code: "not_found",
      internal: "no such kind of sink",
      public: "There is no such kind of sink.",
    });
  }
  return kind;
}

async function showSetUp(
  deps: Deps,
  c: WebContext,
  kind: SinkKind,
  refusal: FormRefusal = { problems: {}, status: 200 },
): Promise<Response> {
  const isPosted = c.req.method === "POST" && !c.req.path.includes("/sinks/install/");
  const posted = isPosted ? await postedSettings(deps, c, kind) : null;
  const body = setUpView(c, {
    setup: SINK_SETUPS[kind],
    ways: waysOf(deps, kind),
    telegramBot: deps.config.TELEGRAM_BOT_NAME ?? null,
    replaced: null,
    base: `/w/${c.var.workspace.tenant.slug}`,
    form: {
      way: posted?.way.id ?? null,
      name: posted?.name ?? "",
      entered: posted?.entered ?? {},
      problems: refusal.problems,
    },
  });
  const page = await renderPage(c, { title: "Add a sink", section: "alerting", body });
  return c.html(page, refusal.status);
}
