import { z } from "zod";
import {
  callVendor,
  HALF_TIMEOUT_MS,
  judgeStatus,
  type VendorAnswer,
  type VendorReply,
} from "../call-vendor.ts";
import type { SendInput, SendOutcome, SinkClient, SinkDeps } from "../sink-client.ts";
import { renderDiscord } from "./render.ts";
import { type DiscordSettings, discordSettings, readDiscordUrl, shownDiscord } from "./settings.ts";

export const discordClient: SinkClient<DiscordSettings> = {
  kind: "discord",
  settings: discordSettings,
  shown: shownDiscord,
  send,
  recheck,
};

/** discord.com/developers/docs, "JSON Error Codes". */
const UNKNOWN_MESSAGE = 10_008;
const UNKNOWN_CHANNEL = 10_003;
const said = z.object({
  id: z.string().max(30).optional(),
  code: z.int().optional(),
  retry_after: z.number().optional(),
});

async function send(deps: SinkDeps, input: SendInput<DiscordSettings>): Promise<SendOutcome> {
  const { settings, message, thread } = input;
  const body = renderDiscord(message);
  const earlier = thread?.webhookId === readDiscordUrl(settings.url)?.id ? thread?.messageId : undefined;
  // An edit notifies nobody.
  if (!message.isWorse && earlier !== undefined && /^\d{1,25}$/.test(earlier)) {
    const edit = await call(deps, settings, { method: "PATCH", below: `/messages/${earlier}`, body });
    if (edit.kind === "unanswered" || said.safeParse(edit.json).data?.code !== UNKNOWN_MESSAGE) {
      return outcomeOf(edit, settings);
    }
  }
  return outcomeOf(await call(deps, settings, { method: "POST", below: "", body }), settings);
}

async function recheck(deps: SinkDeps, settings: DiscordSettings): Promise<SendOutcome> {
  const reply = await call(deps, settings, { method: "GET", below: "", body: null });
  const outcome = outcomeOf(reply, settings);
  return outcome.kind === "sent" ? { ...outcome, ref: null } : outcome;
}

function call(
  deps: SinkDeps,
  { url, threadId }: DiscordSettings,
  what: { readonly method: "GET" | "POST" | "PATCH"; readonly below: string; readonly body: unknown },
): Promise<VendorReply> {
  const { id = "", token = "" } = readDiscordUrl(url) ?? {};
  const target = new URL(`/api/v10/webhooks/${id}/${token}${what.below}`, deps.vendors.discord);
  if (what.method === "POST") {
    // Without it Discord accepts what it then drops.
    target.searchParams.set("wait", "true");
  }
  if (threadId !== undefined && what.method !== "GET") {
    target.searchParams.set("thread_id", threadId);
  }
  return callVendor(deps, {
    url: target,
    method: what.method,
    body: what.body,
    contentType: "application/json",
    secrets: [token],
    timeoutMs: HALF_TIMEOUT_MS,
  });
}

function outcomeOf(reply: VendorReply, settings: DiscordSettings): SendOutcome {
  return reply.kind === "unanswered" ? reply.outcome : judge(reply, readDiscordUrl(settings.url)?.id ?? "");
}

/**
 * 401, 403 and 404 end the sink at once: 10,000 of them in 10 minutes ban our address from Discord for everybody
 * ("Invalid Request Limit"). How long to wait on 429 stands in the body, in seconds with fractions.
 */
function judge(reply: VendorAnswer, webhookId: string): SendOutcome {
  const { data } = said.safeParse(reply.json);
  const outcome = judgeStatus(reply);
  if (outcome.kind === "sent") {
    // A message is long, and it is ours: nothing of it is worth keeping but its name.
    const answer = { status: reply.status, text: null };
    return { kind: "sent", answer, ref: data?.id === undefined ? null : { webhookId, messageId: data.id } };
  }
  if (outcome.kind === "retryable" && data?.retry_after !== undefined) {
    return { ...outcome, retryAfterMs: Math.ceil(Math.min(Math.max(0, data.retry_after), 86_400) * 1_000) };
  }
  if (outcome.kind === "permanent" && data?.code === UNKNOWN_CHANNEL) {
    return { ...outcome, reason: "gone", isSinkDead: true };
  }
  return outcome;
}
