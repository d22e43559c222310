import { confirmSubscription } from "@alivemcp/actions/subscriptions/confirm-subscription";
import { endSubscription } from "@alivemcp/actions/subscriptions/end-subscription";
import { requireMailAddress, subscribeByMail } from "@alivemcp/actions/subscriptions/subscribe-by-mail";
import { requireWebhookUrl, subscribeByWebhook } from "@alivemcp/actions/subscriptions/subscribe-by-webhook";
import type { SubscriptionDeps } from "@alivemcp/actions/subscriptions/subscription-deps";
import { createTargetHash } from "@alivemcp/actions/subscriptions/target-hash";
import type { AppError } from "@alivemcp/core/app-error";
import { invariant } from "@alivemcp/core/invariant";
import { openSinkDeps } from "@alivemcp/sinks/open-sink-deps";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { toAppError } from "../error-response.ts";
import { readJson } from "../read-json.ts";
import { requestCaller } from "../request-caller.ts";
import { createAnonymousLimit } from "../requests/anonymous-limit.ts";
import { isForm } from "../requests/is-form.ts";

const subscribeSchema = z.object({
  slug: z.string({ error: "Name the endpoint by its slug." }).min(1).max(120),
  email: z.string({ error: "Give an e-mail address." }).max(320, "This is not an e-mail address."),
});
/** By a program only: the answer holds a secret. */
const webhookSchema = z.object({
  slug: subscribeSchema.shape.slug,
  webhook: z.string({ error: "Give an https URL." }).max(2_048),
});
const tokenSchema = z.object({ token: z.string({ error: "Give the token of the link." }).max(200) });

/** What the page of the form says then; it finds the word in its address. */
const FORM_OUTCOMES: Partial<Record<AppError["code"], string>> = {
  invalid: "invalid",
  not_found: "unknown",
  rate_limited: "rate_limited",
};

const SENT =
  "If this address does not get these mails already, one is on its way; they begin when the button behind its link is pressed.";

/**
 * `/v1/subscriptions`, without a key: anybody may ask to be told of incidents of an endpoint whose page they may see.
 * At most 10 requests an hour per caller and 3 a day per address. Answers do not tell who is subscribed. JSON is answered
 * with JSON; a form of the status pages with a way back to them (303), so that it works without JavaScript.
 */
export function subscriptionRoutes(deps: Deps): Hono {
  const subscriptions = subscriptionDeps(deps);
  const sinks = openSinkDeps({
    clock: deps.clock,
    // Webhooks only.
    sendMail: async () => ({ status: null, text: null }),
    allowCidrs: deps.config.PROBE_ALLOW_CIDRS,
    publicUrl: deps.config.PUBLIC_URL,
    mailFrom: deps.config.MAIL_FROM,
    apiUrl: deps.config.API_URL,
    telegramBotToken: null,
  });
  const limits = {
    caller: createAnonymousLimit(deps.redis, {
      name: "subscribe",
      points: 10,
      durationS: 3_600,
      words: "At most 10 requests an hour; please wait.",
    }),
    host: createAnonymousLimit(deps.redis, {
      name: "subscribe-host",
      points: 10,
      durationS: 3_600,
      words: "Too many requests for this host; please try again in an hour.",
    }),
    target: createAnonymousLimit(deps.redis, {
      name: "subscribe-target",
      points: 3,
      durationS: 86_400,
      words: "Too many requests for this address today; please try again tomorrow.",
    }),
  };
  const subscribe = async (c: Context, body: unknown) => {
    await limits.caller(requestCaller(c, deps.config.TRUSTED_PROXY_HOPS));
    const { slug, email } = subscribeSchema.parse(body);
    const address = requireMailAddress(email);
    await limits.target(subscriptions.targetHash("email", address));
    await subscribeByMail(subscriptions, { slug, address });
  };
  const subscribeWebhook = async (c: Context, body: unknown) => {
    await limits.caller(requestCaller(c, deps.config.TRUSTED_PROXY_HOPS));
    const { slug, webhook } = webhookSchema.parse(body);
    const url = requireWebhookUrl(webhook);
    // By host: nobody makes us post to another's door again and again.
    await limits.host(new URL(url).host);
    const { secret, endToken } = await subscribeByWebhook({ ...subscriptions, sinks }, { slug, url });
    const end = new URL(`/v1/subscriptions/end?token=${endToken}`, deps.config.API_URL);
    return { status: "confirmed", secret, unsubscribe_url: end.href };
  };
  const back = (path: string) => new URL(path, deps.config.PUBLIC_URL).href;
  /** Runs what a form asked for; the word for what came of it. */
  const outcomeOf = async (done: string, run: () => Promise<void>): Promise<string> => {
    try {
      await run();
      return done;
    } catch (err) {
      deps.log.info({ err }, "subscription form refused");
      return FORM_OUTCOMES[toAppError(err).code] ?? "unavailable";
    }
  };
  const routes = new Hono();
  routes.post("/", async (c) => {
    if (!isForm(c)) {
      const body = await readJson(c);
      if (typeof body === "object" && body !== null && "webhook" in body) {
        return c.json(await subscribeWebhook(c, body), 201);
      }
      await subscribe(c, body);
      return c.json({ status: "accepted", detail: SENT }, 202);
    }
    const form = await c.req.parseBody();
    const outcome = await outcomeOf("sent", () => subscribe(c, form));
    return c.redirect(back(`${formPath(form)}?subscribe=${outcome}#subscribe`), 303);
  });
  routes.post("/confirm", async (c) => {
    if (!isForm(c)) {
      await confirmSubscription(subscriptions, tokenSchema.parse(await readJson(c)).token);
      return c.json({ status: "confirmed" }, 200);
    }
    const form = await c.req.parseBody();
    const outcome = await outcomeOf("confirmed", () =>
      confirmSubscription(subscriptions, tokenSchema.parse(form).token),
    );
    return c.redirect(
      back(`/subscriptions/done?outcome=${outcome === "invalid" ? "expired" : outcome}`),
      303,
    );
  });
  // A link scanner follows addresses: what it finds has a button, and changes nothing.
  routes.get("/end", (c) =>
    c.redirect(back(`/subscriptions/end?${new URLSearchParams({ token: c.req.query("token") ?? "" })}`), 303),
  );
  routes.post("/end", async (c) => {
    const body = isForm(c) ? await c.req.parseBody() : {};
    const { token } = tokenSchema.parse({ token: c.req.query("token") ?? Reflect.get(body, "token") });
    await endSubscription(subscriptions, token);
    // RFC 8058, section 3.1: the mail program's POST is not answered with a redirect.
    return Reflect.has(body, "from-page")
      ? c.redirect(back("/subscriptions/done?outcome=ended"), 303)
      : c.json({ status: "ended" }, 200);
  });
  return routes;
}

function subscriptionDeps(deps: Deps): SubscriptionDeps {
  const { SINK_KEY, OPERATOR_KEY, PUBLIC_URL } = deps.config;
  const [sinkKey] = SINK_KEY;
  invariant(sinkKey !== undefined, "the configuration has a sink key");
  return {
    pool: deps.pool,
    identityPool: deps.identityPool,
    clock: deps.clock,
    mailer: deps.mailer,
    sinkKey,
    targetHash: createTargetHash(OPERATOR_KEY),
    publicUrl: PUBLIC_URL.replace(/\/+$/, ""),
  };
}

/** The page that the form stands on. */
function formPath(form: Readonly<Record<string, unknown>>): string {
  const { slug } = form;
  return typeof slug === "string" && /^[a-z0-9-]{1,120}$/.test(slug) ? `/status/${slug}` : "/";
}
