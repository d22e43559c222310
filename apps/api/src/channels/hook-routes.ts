import { answerFromChannel } from "@alivemcp/actions/incidents/answer-from-channel";
import { openOwnSink } from "@alivemcp/actions/sinks/open-own-sink";
import { AppError } from "@alivemcp/core/app-error";
import { sha256Hex } from "@alivemcp/core/canonical-json";
import { findSinkScope } from "@alivemcp/db/queries/sinks-identity";
import { readPagerdutyEvent, verifyPagerdutySignature } from "@alivemcp/sinks/pagerduty/inbound";
import { pagerdutySettings } from "@alivemcp/sinks/pagerduty/settings";
import { isPressedThere, readSlackPress, verifySlackSignature } from "@alivemcp/sinks/slack/interaction";
import { slackSettings } from "@alivemcp/sinks/slack/settings";
import {
  readTelegramStart,
  telegramStartReply,
  verifyTelegramSecret,
} from "@alivemcp/sinks/telegram/inbound";
import { type Context, Hono } from "hono";
import type { Deps } from "../deps.ts";
import { requestCaller } from "../request-caller.ts";
import { createAnonymousLimit } from "../requests/anonymous-limit.ts";

/**
 * `/hooks/…`: what channels tell us. Nobody is signed in here: each request proves itself by the channel's own signature
 * over its body as it came, and is believed about the one sink whose secret that is. Unknown sinks and wrong signatures
 * are answered alike.
 */
export function hookRoutes(deps: Deps): Hono {
  const count = createAnonymousLimit(deps.redis, {
    name: "hook",
    points: 600,
    durationS: 60,
    words: "Too many requests; please come back in a minute.",
  });
  const routes = new Hono();
  routes.use(async (c, next) => {
    await count(requestCaller(c, deps.config.TRUSTED_PROXY_HOPS));
    await next();
  });
  routes.post("/pagerduty/:sink", (c) => takePagerduty(deps, c, c.req.param("sink")));
  routes.post("/slack/interactions", (c) => takeSlackPress(deps, c));
  routes.post("/telegram", (c) => takeTelegram(deps, c));
  return routes;
}

async function takePagerduty(deps: Deps, c: Context, sinkId: string): Promise<Response> {
  const rawBody = await c.req.text();
  const scope = await findSinkScope(deps.identityPool, sinkId);
  const opened = scope && (await openOwnSink(deps, scope, { sinkId, kind: "pagerduty" }));
  const { data } = pagerdutySettings.safeParse(opened?.settings);
  const secret = data?.webhookSecret;
  const signature = c.req.header("x-pagerduty-signature") ?? null;
  if (scope === null || secret === undefined || !verifyPagerdutySignature(signature, secret, rawBody)) {
    throw unproven();
  }
  const event = readPagerdutyEvent(rawBody);
  if (event === null || opened?.sink.state !== "verified") {
    return c.json({ outcome: "ignored" }, 200);
  }
  const outcome = await answerFromChannel(deps, scope, {
    sinkId,
    eventKey: sha256Hex(event.eventId),
    dedupKey: event.dedupKey,
    // Resolved over there: somebody is done with it; whether it is over, the probes say.
    action: event.action === "unacknowledged" ? "unacknowledge" : "acknowledge",
    by: event.actor,
  });
  return c.json({ outcome }, 200);
}

async function takeSlackPress(deps: Deps, c: Context): Promise<Response> {
  const rawBody = await c.req.text();
  const signingSecret = deps.config.SLACK_SIGNING_SECRET;
  const proof =
    signingSecret === undefined
      ? null
      : verifySlackSignature(
          {
            signature: c.req.header("x-slack-signature") ?? null,
            timestamp: c.req.header("x-slack-request-timestamp") ?? null,
            rawBody,
          },
          signingSecret,
          deps.clock.nowMs(),
        );
  if (proof?.kind !== "valid") {
    throw unproven();
  }
  const press = readSlackPress(rawBody);
  const scope = press && (await findSinkScope(deps.identityPool, press.sinkId));
  const opened = scope && (await openOwnSink(deps, scope, { sinkId: press.sinkId, kind: "slack" }));
  const { data } = slackSettings.safeParse(opened?.settings);
  // Slack shows an error to the person for anything but 200; a press that is not ours is none of its business.
  if (press === null || scope === null || data === undefined || !isPressedThere(data, press)) {
    return c.body(null, 200);
  }
  if (opened?.sink.state === "verified") {
    await answerFromChannel(deps, scope, {
      sinkId: press.sinkId,
      eventKey: proof.replayKey,
      dedupKey: press.dedupKey,
      action: "acknowledge",
      by: press.userName,
    });
  }
  return c.body(null, 200);
}

async function takeTelegram(deps: Deps, c: Context): Promise<Response> {
  const secret = deps.config.TELEGRAM_WEBHOOK_SECRET;
  const header = c.req.header("x-telegram-bot-api-secret-token") ?? null;
  if (secret === undefined || !verifyTelegramSecret(header, secret)) {
    throw unproven();
  }
  const start = readTelegramStart(await c.req.text());
  return start === null ? c.json({}, 200) : c.json(telegramStartReply(start), 200);
}

const unproven = () =>
  new AppError({
    code: "unauthenticated",
    internal: "hook not proven",
    public: "This request is not signed by the secret of a sink that we know.",
  });
