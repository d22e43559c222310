import { acceptBaseline } from "@alivemcp/actions/drift/accept-baseline";
import { announceRelease, cancelRelease, type ReleaseBody } from "@alivemcp/actions/drift/announce-release";
import { readDriftEvent } from "@alivemcp/actions/drift/read-drift-event";
import { AppError } from "@alivemcp/core/app-error";
import { Hono } from "hono";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { RELEASE_LENGTHS } from "../drift/release-view.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const HOME = "/w/:workspace/endpoints/:slug";

const releaseFormSchema = z.object({
  /** As `datetime-local` sends it, read as UTC. */
  from: z
    .string()
    .regex(
      /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?)?$/,
      "Give a date and a time, or leave it empty for now.",
    )
    .default(""),
  length: z.enum(Object.keys(RELEASE_LENGTHS) as (keyof typeof RELEASE_LENGTHS)[], {
    error: "Choose how long it takes.",
  }),
  note: z.string().trim().max(500, "At most 500 characters.").default(""),
});

/** What an owner decides about changes of the tools: accept a list, announce a release, take it back. */
export function baselineRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const slugOf = (c: WebContext) => c.req.param("slug") ?? "";
  const toTools = (c: WebContext) =>
    c.redirect(`/w/${c.var.workspace.tenant.slug}/endpoints/${slugOf(c)}/tools`, 303);
  /** A refusal that the person can do something about is said where the form is. */
  const saying = async (c: WebContext, run: () => Promise<string>): Promise<Response> => {
    try {
      c.var.flash({ tone: "good", text: await run() });
    } catch (err) {
      if (!(err instanceof AppError) || (err.code !== "invalid" && err.code !== "conflict")) {
        throw err;
      }
      c.var.flash({ tone: "bad", text: err.public });
    }
    return toTools(c);
  };

  routes.post(`${HOME}/drift/:event/accept`, (c) =>
    saying(c, async () => {
      const { caller } = c.var.workspace;
      const slug = slugOf(c);
      const { event } = await readDriftEvent(deps, caller, { slug, eventId: c.req.param("event") });
      const fullHash = event.toFullHash ?? undefined;
      const { kind } = await acceptBaseline(deps, caller, { endpoint: slug, fullHash });
      return kind === "accepted"
        ? "Accepted. Later changes are told against this list."
        : "This list is the baseline already.";
    }),
  );

  routes.post(`${HOME}/releases`, (c) =>
    saying(c, async () => {
      const release = readRelease(await c.req.parseBody(), deps.clock.nowMs());
      await announceRelease(deps, c.var.workspace.caller, { endpoint: slugOf(c), release });
      return "Announced. Changes of the tools within it alarm nobody.";
    }),
  );

  routes.post(`${HOME}/releases/:release/cancel`, (c) =>
    saying(c, async () => {
      const releaseId = c.req.param("release");
      await cancelRelease(deps, c.var.workspace.caller, { endpoint: slugOf(c), releaseId });
      return "Cancelled.";
    }),
  );
  return routes;
}

/** The announcement as the REST API takes it. Throws `invalid` with the first thing that is wrong. */
function readRelease(form: unknown, nowMs: number): ReleaseBody {
  const parsed = releaseFormSchema.safeParse(form);
  const from = parsed.data?.from ?? "";
  const fromMs = from === "" ? nowMs : Date.parse(`${from}Z`);
  if (!parsed.success || Number.isNaN(fromMs)) {
    const sentence = parsed.error?.issues[0]?.message ?? "There is no such date.";
    throw new AppError({ code: "invalid", internal: "release form", public: sentence });
  }
  const { length, note } = parsed.data;
  return {
    ...(from === "" ? {} : { from: new Date(fromMs).toISOString() }),
    until: new Date(fromMs + RELEASE_LENGTHS[length].ms).toISOString(),
    ...(note === "" ? {} : { note }),
  };
}
