import {
  acknowledgeIncident,
  muteIncident,
  unacknowledgeIncident,
  unmuteIncident,
} from "@alivemcp/actions/incidents/acknowledge-incident";
import { commentOnIncident, commentSchema } from "@alivemcp/actions/incidents/comment-on-incident";
import { publishUpdate, updateSchema } from "@alivemcp/actions/incidents/publish-update";
import { AppError } from "@alivemcp/core/app-error";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { postedText } from "../forms/read-form.ts";
import { type FormRefusal, refusalOf } from "../forms/refusal-of.ts";
import { incidentView } from "../incidents/incident-view.ts";
import { readIncidentPage } from "../incidents/read-incident-page.ts";
import { MUTE_LENGTHS } from "../incidents/respond-forms.ts";
import { renderPage } from "../render-page.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const HOME = "/w/:workspace/incidents/:incident";

/** `/w/<workspace>/incidents/<id>`: one incident, and what people do about it. */
export function incidentRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get(HOME, (c) => showIncident(deps, c));

  routes.post(`${HOME}/acknowledge`, (c) =>
    answering(c, async () => {
      await acknowledgeIncident(deps, c.var.workspace.caller, c.req.param("incident"));
      return "Acknowledged. The escalation stops; you are told when it is over.";
    }),
  );
  routes.post(`${HOME}/unacknowledge`, (c) =>
    answering(c, async () => {
      await unacknowledgeIncident(deps, c.var.workspace.caller, c.req.param("incident"));
      return "Taken back. The escalation goes on.";
    }),
  );
  routes.post(`${HOME}/mute`, (c) =>
    answering(c, async () => {
      const wanted = await postedText(c, "length");
      const length = Object.entries(MUTE_LENGTHS).find(([name]) => name === wanted)?.[1];
      // What is no length is refused by the verb, beside every other instant that cannot be.
      const untilMs = deps.clock.nowMs() + (length?.ms ?? 0);
      await muteIncident(deps, c.var.workspace.caller, { id: c.req.param("incident"), untilMs });
      return `Muted for ${length?.label ?? ""}. If it is not over by then, it is told again.`;
    }),
  );
  routes.post(`${HOME}/unmute`, (c) =>
    answering(c, async () => {
      await unmuteIncident(deps, c.var.workspace.caller, c.req.param("incident"));
      return "Unmuted. What is due is told now.";
    }),
  );

  routes.post(`${HOME}/comments`, async (c) => {
    const parsed = commentSchema.safeParse({ body: await postedText(c, "comment") });
    if (!parsed.success) {
      const comment = parsed.error.issues[0]?.message ?? "";
      return showIncident(deps, c, { problems: { comment }, status: 400 });
    }
    try {
      const id = c.req.param("incident");
      await commentOnIncident(deps, c.var.workspace.caller, { id, body: parsed.data.body });
      c.var.flash({ tone: "good", text: "Your comment is in the timeline." });
      return toIncident(c);
    } catch (err) {
      return showIncident(deps, c, refusalOf(err, []));
    }
  });

  routes.post(`${HOME}/updates`, (c) => publishing(deps, c));
  return routes;
}

/** First shown as the public would see it; published when that is confirmed. */
async function publishing(deps: Deps, c: WebContext): Promise<Response> {
  const parsed = updateSchema.safeParse({
    stage: await postedText(c, "stage"),
    body: await postedText(c, "body"),
    confirm: (await postedText(c, "confirm")) !== "",
  });
  if (!parsed.success) {
    const problems: Record<string, string> = {};
    for (const { path, message } of parsed.error.issues) {
      problems[String(path[0])] ??= message;
    }
    return showIncident(deps, c, { problems, status: 400 });
  }
  if ((await postedText(c, "step")) !== "publish") {
    return showIncident(deps, c, { problems: {}, status: 200 });
  }
  const { stage, body, confirm = false } = parsed.data;
  try {
    await publishUpdate(deps, c.var.workspace.caller, {
      id: c.req.param("incident") ?? "",
      stage,
      body,
      isConfirmed: confirm,
    });
    c.var.flash({ tone: "good", text: "Published. It is on the status page." });
    return toIncident(c);
  } catch (err) {
    return showIncident(deps, c, refusalOf(err, ["stage", "body", "confirm"]));
  }
}

/** A button: what came of it stands on top of the page, whatever it was. */
async function answering(c: WebContext, run: () => Promise<string>): Promise<Response> {
  try {
    c.var.flash({ tone: "good", text: await run() });
  } catch (err) {
    if (!(err instanceof AppError) || (err.code !== "conflict" && err.code !== "invalid")) {
      throw err;
    }
    c.var.flash({ tone: "bad", text: err.public });
  }
  return toIncident(c);
}

const toIncident = (c: WebContext) =>
  c.redirect(`/w/${c.var.workspace.tenant.slug}/incidents/${c.req.param("incident")}`, 303);

async function showIncident(
  deps: Deps,
  c: WebContext,
  refusal: FormRefusal = { problems: {}, status: 200 },
): Promise<Response> {
  const model = await readIncidentPage(deps, c, refusal.problems);
  const { endpoint, headline } = model.incident;
  const page = await renderPage(c, {
    title: `${endpoint.name}: ${headline}`,
    section: "incidents",
    body: incidentView(c, model),
    scripts: [deps.site.assets.liveScript],
  });
  return c.html(page, refusal.status);
}
