import { requirePermission } from "@alivemcp/actions/require-permission";
import {
  chooseDefaultSink,
  deleteSink,
  renameSink,
  replaceSinkSettings,
} from "@alivemcp/actions/sinks/change-sink";
import { sinkNameSchema } from "@alivemcp/actions/sinks/create-sink";
import { getSink } from "@alivemcp/actions/sinks/get-sink";
import { testSink } from "@alivemcp/actions/sinks/test-sink";
import { confirmSinkCode, enableSink, startVerification } from "@alivemcp/actions/sinks/verify-sink";
import { AppError } from "@alivemcp/core/app-error";
import { settingsFromForm } from "@alivemcp/sinks/sink-setup";
import { SINK_SETUPS } from "@alivemcp/sinks/sink-setups";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { postedText } from "../forms/read-form.ts";
import { type FormRefusal, refusalOf } from "../forms/refusal-of.ts";
import { internalCaller } from "../internal/internal-caller.ts";
import type { LiveStreams } from "../live/create-streams.ts";
import { followChanges } from "../live/follow-changes.ts";
import { renderPage } from "../render-page.ts";
import { formWaysOf, postedSettings, settingsRefusal } from "../sinks/posted-settings.ts";
import { setUpView } from "../sinks/set-up-view.ts";
import { showSink } from "../sinks/show-sink.ts";
import { showVerify, sinkDigest } from "../sinks/show-verify.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const HOME = "/w/:workspace/sinks/:sink";

/** `/w/<workspace>/sinks/<id>`: one sink, its proof, and what is done with it. */
export function sinkRoutes(deps: Deps, streams: LiveStreams): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const sinkOf = (c: WebContext) => getSink(deps, c.var.workspace.caller, idOf(c));
  routes.get(HOME, async (c) => showSink(deps, c, { sink: await sinkOf(c) }));
  routes.get(`${HOME}/verify`, async (c) => showVerify(deps, c, { sink: await sinkOf(c) }));
  routes.get(`${HOME}/events`, async (c) => {
    await sinkOf(c);
    const digest = async () => sinkDigest(await sinkOf(c));
    const since = c.req.query("since") ?? "";
    return streams.open(c, (signal) => followChanges(digest, { since, signal }));
  });

  routes.post(`${HOME}/verify`, async (c) => {
    try {
      const code = await postedText(c, "code");
      const { name } = await confirmSinkCode(deps, c.var.workspace.caller, { id: idOf(c), code });
      c.var.flash({ tone: "good", text: `${name} is verified. Alerts go there from now on.` });
      return c.redirect(pathOf(c), 303);
    } catch (err) {
      const refusal = refusalOf(err, ["code"]);
      return showVerify(deps, c, { sink: await sinkOf(c), refusal });
    }
  });
  routes.post(`${HOME}/proof`, async (c) => {
    try {
      const { name } = await startVerification(deps, c.var.workspace.caller, idOf(c));
      c.var.flash({ tone: "good", text: `We sent it to ${name} again. What we sent before works no more.` });
      return c.redirect(`${pathOf(c)}/verify`, 303);
    } catch (err) {
      return showVerify(deps, c, { sink: await sinkOf(c), refusal: refusalOf(err, []) });
    }
  });

  routes.post(`${HOME}/enable`, (c) =>
    doing(c, async () => {
      const { name } = await enableSink(deps, c.var.workspace.caller, idOf(c));
      return { text: `${name} has to be verified again; we sent what proves it.`, to: `${pathOf(c)}/verify` };
    }),
  );
  routes.post(`${HOME}/test`, (c) =>
    doing(c, async () => {
      const id = await testSink(deps, c.var.workspace.caller, idOf(c));
      const to = `/w/${c.var.workspace.tenant.slug}/deliveries/${id}`;
      return { text: "A test is on its way. What the receiver answers is here in a moment.", to };
    }),
  );
  routes.post(`${HOME}/default`, (c) =>
    doing(c, async () => {
      const { name } = await chooseDefaultSink(deps, c.var.workspace.caller, idOf(c));
      return { text: `Where no rule says otherwise, alerts go to ${name}.`, to: pathOf(c) };
    }),
  );
  routes.post(`${HOME}/delete`, (c) =>
    doing(c, async () => {
      await deleteSink(deps, c.var.workspace.caller, idOf(c));
      return {
        text: "Deleted. Nothing is sent there any more.",
        to: `/w/${c.var.workspace.tenant.slug}/sinks`,
      };
    }),
  );
  routes.post(`${HOME}/name`, async (c) => {
    const typed = await postedText(c, "name");
    const name = sinkNameSchema.safeParse(typed);
    if (!name.success) {
      requirePermission(c.var.workspace.caller, "sink.write");
      const problems = { name: name.error.issues[0]?.message ?? "" };
      return showSink(deps, c, {
        sink: await sinkOf(c),
        typedName: typed,
        refusal: { problems, status: 400 },
      });
    }
    await renameSink(deps, c.var.workspace.caller, { id: idOf(c), name: name.data });
    c.var.flash({ tone: "good", text: "Renamed." });
    return c.redirect(pathOf(c), 303);
  });

  settingsRoutes(routes, deps);
  secretRoutes(routes, deps);
  return routes;
}

/** `POST …/secret`: a webhook gets another secret, made by the api and shown on the page that answers. */
function secretRoutes(routes: Hono<WebEnv>, deps: Deps): void {
  routes.post(`${HOME}/secret`, async (c) => {
    requirePermission(c.var.workspace.caller, "sink.write");
    const { id } = await getSink(deps, c.var.workspace.caller, idOf(c));
    return flashingRefusal(c, async () => {
      const { secret } = await deps.sinkSecrets.rotate(internalCaller(c), id);
      c.header("cache-control", "no-store");
      return showSink(deps, c, { sink: await getSink(deps, c.var.workspace.caller, idOf(c)), secret });
    });
  });
}

/** `GET` and `POST …/settings`: what opens a sink is replaced whole; nothing of the old is shown. */
function settingsRoutes(routes: Hono<WebEnv>, deps: Deps): void {
  routes.get(`${HOME}/settings`, (c) => {
    requirePermission(c.var.workspace.caller, "sink.write");
    return showSettings(deps, c);
  });
  routes.post(`${HOME}/settings`, async (c) => {
    const { caller } = c.var.workspace;
    requirePermission(caller, "sink.write");
    const { kind } = await getSink(deps, caller, idOf(c));
    const posted = await postedSettings(deps, c, kind);
    try {
      const settings = settingsFromForm(posted.way, posted.entered);
      const { sink, secret } = await replaceSinkSettings(deps, caller, { id: idOf(c), settings });
      return secret === null
        ? c.redirect(`${pathOf(c)}/verify`, 303)
        : await showVerify(deps, c, { sink, secret });
    } catch (err) {
      return showSettings(deps, c, settingsRefusal(err, kind));
    }
  });
}

async function showSettings(
  deps: Deps,
  c: WebContext,
  refusal: FormRefusal = { problems: {}, status: 200 },
): Promise<Response> {
  const sink = await getSink(deps, c.var.workspace.caller, idOf(c));
  const posted = c.req.method === "POST" ? await postedSettings(deps, c, sink.kind) : null;
  const body = setUpView(c, {
    setup: SINK_SETUPS[sink.kind],
    ways: formWaysOf(deps, sink.kind),
    telegramBot: deps.config.TELEGRAM_BOT_NAME ?? null,
    replaced: { id: sink.id, name: sink.name },
    base: `/w/${c.var.workspace.tenant.slug}`,
    form: {
      way: posted?.way.id ?? null,
      name: "",
      entered: posted?.entered ?? {},
      problems: refusal.problems,
    },
  });
  const page = await renderPage(c, { title: `Settings of ${sink.name}`, section: "alerting", body });
  return c.html(page, refusal.status);
}

const idOf = (c: WebContext) => c.req.param("sink") ?? "";
const pathOf = (c: WebContext) => `/w/${c.var.workspace.tenant.slug}/sinks/${idOf(c)}`;

/** A button: what came of it stands on top of the page that follows. */
const doing = (
  c: WebContext,
  run: () => Promise<{ readonly text: string; readonly to: string }>,
): Promise<Response> =>
  flashingRefusal(c, async () => {
    const { text, to } = await run();
    c.var.flash({ tone: "good", text });
    return c.redirect(to, 303);
  });

const TOLD = ["conflict", "invalid", "rate_limited", "upstream"];

/** What a button answers; why it was refused stands on top of the sink's page. */
async function flashingRefusal(c: WebContext, run: () => Promise<Response>): Promise<Response> {
  try {
    return await run();
  } catch (err) {
    if (!(err instanceof AppError) || !TOLD.includes(err.code)) {
      throw err;
    }
    c.var.flash({ tone: "bad", text: err.public });
    return c.redirect(pathOf(c), 303);
  }
}
