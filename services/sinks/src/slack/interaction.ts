/**
 * A press on the Acknowledge button, as Slack posts it to the app's interactivity URL. Slack's signature says that it comes
 * from Slack, not whose incident it is: who holds a webhook URL of our app can post any button there. So a press counts
 * only for the sink whose workspace and channel it was pressed in (`isPressedThere`).
 *
 * Signature: docs.slack.dev, "Verifying requests from Slack". Payload: docs.slack.dev, `block_actions`.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { type ButtonTarget, readButtonValue } from "./button-value.ts";
import { ACKNOWLEDGE_ACTION } from "./render.ts";
import type { SlackSettings } from "./settings.ts";

/** Slack's own recommendation, either way. */
export const SLACK_SIGNATURE_AGE_MS_MAX = 5 * 60_000;

export interface SlackRequest {
  readonly signature: string | null;
  readonly timestamp: string | null;
  /** As it came: parsing and writing it again breaks the signature. */
  readonly rawBody: string;
}

export type SlackSignature =
  /** `replayKey` names this request: whoever keeps it for twice the age refuses it the second time. */
  | { readonly kind: "valid"; readonly replayKey: string }
  | { readonly kind: "refused"; readonly reason: "missing" | "stale" | "mismatch" };

export function verifySlackSignature(
  request: SlackRequest,
  signingSecret: string,
  nowMs: number,
): SlackSignature {
  const { signature, timestamp, rawBody } = request;
  if (signature === null || timestamp === null || !/^\d{1,12}$/.test(timestamp)) {
    return { kind: "refused", reason: "missing" };
  }
  if (Math.abs(nowMs - Number(timestamp) * 1_000) > SLACK_SIGNATURE_AGE_MS_MAX) {
    return { kind: "refused", reason: "stale" };
  }
  const wanted = `v0=${createHmac("sha256", signingSecret).update(`v0:${timestamp}:${rawBody}`).digest("hex")}`;
  const isSame =
    signature.length === wanted.length && timingSafeEqual(Buffer.from(signature), Buffer.from(wanted));
  return isSame
    ? { kind: "valid", replayKey: createHash("sha256").update(wanted).digest("hex") }
    : { kind: "refused", reason: "mismatch" };
}

export interface SlackPress extends ButtonTarget {
  readonly teamId: string | null;
  readonly enterpriseId: string | null;
  readonly channelId: string;
  readonly userId: string;
  /** For the timeline: a name that its bearer chose. */
  readonly userName: string;
}

const id = z.string().min(1).max(40);
const pressPayload = z.object({
  type: z.literal("block_actions"),
  user: z.object({ id, username: z.string().max(200).optional(), name: z.string().max(200).optional() }),
  team: z.object({ id }).nullish(),
  enterprise: z.object({ id }).nullish(),
  channel: z.object({ id }),
  actions: z
    .array(z.object({ action_id: z.string(), value: z.string().max(2_000).optional() }))
    .min(1)
    .max(25),
});

/** Null for everything that is no press on our button: other buttons, shortcuts, views, nonsense. */
export function readSlackPress(rawBody: string): SlackPress | null {
  const { data } = pressPayload.safeParse(payloadOf(rawBody));
  const action = data?.actions.find(({ action_id }) => action_id === ACKNOWLEDGE_ACTION);
  const target = readButtonValue(action?.value ?? "");
  if (data === undefined || target === null) {
    return null;
  }
  const { user, team, enterprise, channel } = data;
  return {
    ...target,
    teamId: team?.id ?? null,
    enterpriseId: enterprise?.id ?? null,
    channelId: channel.id,
    userId: user.id,
    userName: user.username ?? user.name ?? user.id,
  };
}

/** True when the press came from where this sink posts; a sink that is not an install of our app has no button. */
export function isPressedThere(settings: SlackSettings, press: SlackPress): boolean {
  return (
    settings.via === "install" &&
    settings.channel === press.channelId &&
    (settings.teamId === press.teamId || settings.teamId === press.enterpriseId)
  );
}

function payloadOf(rawBody: string): unknown {
  try {
    return JSON.parse(new URLSearchParams(rawBody).get("payload") ?? "");
  } catch {
    return null;
  }
}
