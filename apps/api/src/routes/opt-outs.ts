import type { AppError } from "@alivemcp/core/app-error";
import { plainLines } from "@alivemcp/core/plain-text";
import { insertOptOut } from "@alivemcp/db/queries/opt-outs";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { toAppError } from "../error-response.ts";
import { readOptOutTarget } from "../opt-out-target.ts";
import { readJson } from "../read-json.ts";
import { requestCaller } from "../request-caller.ts";
import { createAnonymousLimit } from "../requests/anonymous-limit.ts";
import { isForm } from "../requests/is-form.ts";

const requestSchema = z.object({
  /** A host name, or a URL for one endpoint only. */
  target: z.string({ error: "Name the host or the URL that should not be probed." }).trim().min(1).max(2_048),
  contact: z.email("This is not an e-mail address.").max(320).optional().or(z.literal("")),
  reason: plainLines(1_000).optional(),
});

/** What the page with the form says then; it finds the word behind `/bot?opt_out=`. */
const FORM_OUTCOMES: Partial<Record<AppError["code"], string>> = {
  invalid: "invalid",
  rate_limited: "rate_limited",
};

/**
 * `POST /v1/opt-outs`: anybody may ask that a host or URL is not probed; unclaimed endpoints obey within an hour.
 * At most 10 requests an hour per address. JSON is answered with 202, whether we know the target or not; the form of
 * the public page with a way back to it (303), so that it works without JavaScript.
 */
export function optOutRoutes(deps: Pick<Deps, "pool" | "redis" | "log" | "config">): Hono {
  const count = createAnonymousLimit(deps.redis, {
    name: "opt-out",
    points: 10,
    durationS: 3_600,
    words: "At most 10 requests an hour; please wait.",
  });
  const record = async (c: Context, readBody: () => Promise<unknown>) => {
    await count(requestCaller(c, deps.config.TRUSTED_PROXY_HOPS));
    const request = requestSchema.parse(await readBody());
    const target = readOptOutTarget(request.target);
    await insertOptOut(deps.pool, {
      ...target,
      contact: request.contact || null,
      note: request.reason || null,
    });
    deps.log.info({ kind: target.kind, target: target.target }, "opt-out recorded");
  };
  const routes = new Hono();
  routes.post("/", async (c) => {
    if (!isForm(c)) {
      await record(c, () => readJson(c));
      return c.json({ status: "accepted", detail: ACCEPTED }, 202);
    }
    const outcome = await record(c, () => c.req.parseBody()).then(
      () => "recorded",
      (err: unknown) => {
        deps.log.info({ err }, "opt-out form refused");
        return FORM_OUTCOMES[toAppError(err).code] ?? "unavailable";
      },
    );
    return c.redirect(new URL(`/bot?opt_out=${outcome}#opt-out`, deps.config.PUBLIC_URL).href, 303);
  });
  return routes;
}

const ACCEPTED =
  "Unclaimed endpoints there are no longer probed within an hour. Endpoints that their owners added are asked about first.";
