import { AppError } from "@alivemcp/core/app-error";
import { TRANSPORTS } from "@alivemcp/core/states";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { AppLifecycle } from "../app-lifecycle.ts";
import { callerAddress } from "../caller-address.ts";
import { type CheckForm, checkFormView, checkPageView } from "../check/check-view.ts";
import { type CheckReading, readCheck } from "../check/read-check.ts";
import { createCheckStreams } from "../check/stream-check.ts";
import { submitCheck } from "../check/submit-check.ts";
import type { Deps } from "../deps.ts";
import { layout } from "../views/layout.ts";

const BODY_BYTES_MAX = 16 * 1024;
const REFRESH_S = 2;

/** `/check`: a form, one probe of a stranger's URL, and its page, live where the browser can. */
export function checkRoutes(deps: Deps, lifecycle: AppLifecycle): Hono {
  const routes = new Hono();
  const stream = createCheckStreams(deps, lifecycle.stopping);

  routes.get("/check", (c) =>
    showForm(deps, c, {
      url: (c.req.query("url") ?? "").slice(0, 2_048),
      transport: TRANSPORTS.find((known) => known === c.req.query("transport")) ?? "auto",
      problem: null,
    }),
  );

  routes.post("/check", bodyLimit({ maxSize: BODY_BYTES_MAX }), async (c) => {
    const body = await c.req.parseBody();
    const url = typeof body.url === "string" ? body.url : "";
    const transport = typeof body.transport === "string" ? body.transport : "auto";
    const caller = callerAddress(c, deps.config.TRUSTED_PROXY_HOPS);
    const outcome = await submitCheck(deps, { url, transport, caller });
    deps.checksSubmitted.inc({ outcome: outcome.kind });
    const form = {
      url: url.slice(0, 2_048),
      transport: TRANSPORTS.find((known) => known === transport) ?? "auto",
    };
    switch (outcome.kind) {
      case "accepted":
        return c.redirect(`/check/${outcome.region}/${outcome.checkId}`, 303);
      case "refused":
        return showForm(deps, c, { ...form, problem: outcome }, 400);
      case "limited":
        c.header("retry-after", String(outcome.retryAfterS));
        return showForm(deps, c, { ...form, problem: { field: null, sentence: outcome.sentence } }, 429);
      case "unavailable":
        c.header("retry-after", "60");
        return showForm(deps, c, { ...form, problem: { field: null, sentence: outcome.sentence } }, 503);
    }
  });

  routes.get("/check/:region/:id", async (c) => {
    const reading = await getCheck(deps, c);
    const isOver = reading.progress.kind === "done" || reading.progress.kind === "failed";
    const page = await layout(deps.site, {
      title: "Check: AliveMCP",
      description: "One probe of an MCP endpoint, step by step.",
      path: c.req.path,
      body: checkPageView(reading.facts, reading.progress, `${c.req.path}/events`),
      isIndexed: false,
      script: "checkScript",
      ...(isOver
        ? {}
        : { head: html`<noscript><meta http-equiv="refresh" content="${REFRESH_S}"></noscript>` }),
    });
    return c.html(page, 200, { "cache-control": "no-store" });
  });

  routes.get("/check/:region/:id/events", async (c) => {
    await getCheck(deps, c);
    return stream(c, { region: c.req.param("region"), checkId: c.req.param("id") });
  });
  return routes;
}

async function getCheck(deps: Deps, c: Context): Promise<CheckReading> {
  const input = { region: c.req.param("region") ?? "", checkId: c.req.param("id") ?? "" };
  const reading = await readCheck(deps, input).catch((cause: unknown) => {
    throw new AppError({
      code: "upstream",
      internal: "the check could not be read",
      public: "The check cannot be shown at the moment. Please reload in a minute.",
      cause,
    });
  });
  if (reading === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such check",
      public: "There is no such check. Results are kept for an hour.",
    });
  }
  return reading;
}

async function showForm(
  { site }: Pick<Deps, "site">,
  c: Context,
  form: CheckForm,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const page = await layout(site, {
    title: "Check an MCP endpoint: AliveMCP",
    description: "Paste a URL and watch one probe of an MCP endpoint, step by step. No account.",
    path: "/check",
    body: checkFormView(form),
    isIndexed: status === 200 && form.url === "",
  });
  return c.html(page, status, { "cache-control": "no-store" });
}
