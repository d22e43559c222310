/** Installing our app: docs.slack.dev, "Installing with OAuth" and `oauth.v2.access`. */
import { z } from "zod";
import { callVendor, type VendorAnswer } from "../call-vendor.ts";
import type { SinkDeps } from "../sink-client.ts";
import { type SlackSettings, slackSettings } from "./settings.ts";

/** Posts to the channel that the installer picks, edits what it posted, and posts to public channels uninvited. */
const SCOPES = ["incoming-webhook", "chat:write", "chat:write.public"];

export interface SlackApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Where the installer is sent. `state` comes back as it is: bind it to the browser, use it once. */
export function slackAuthorizeUrl(
  { vendors }: Pick<SinkDeps, "vendors">,
  input: { readonly clientId: string; readonly redirectUri: string; readonly state: string },
): URL {
  const url = new URL("/oauth/v2/authorize", vendors.slackApi);
  url.search = new URLSearchParams({
    client_id: input.clientId,
    scope: SCOPES.join(","),
    redirect_uri: input.redirectUri,
    state: input.state,
  }).toString();
  return url;
}

export type SlackInstall =
  | { readonly kind: "installed"; readonly settings: Extract<SlackSettings, { via: "install" }> }
  /**
   * `code`: used, too old or not ours; the person starts again. `app`: our keys or redirect are wrong, or the app rotates
   * tokens, which nobody here could renew. `no_channel`: Slack gave no webhook. `upstream`: Slack did not answer.
   */
  | {
      readonly kind: "refused";
      readonly reason: "code" | "app" | "no_channel" | "upstream";
      /** Slack's word, for the log. */
      readonly detail: string;
    };

const access = z.object({
  ok: z.literal(true),
  access_token: z.string(),
  expires_in: z.number().optional(),
  team: z.object({ id: z.string(), name: z.string().optional() }).nullish(),
  enterprise: z.object({ id: z.string(), name: z.string().optional() }).nullish(),
  incoming_webhook: z.object({ url: z.string(), channel: z.string(), channel_id: z.string() }).nullish(),
});
const refusal = z.object({ ok: z.literal(false), error: z.string().max(100) });
const CODE_ERRORS = ["invalid_code", "code_already_used", "code_expired", "invalid_grant_type"];

/** Trades the code (10 minutes, once) for the channel's webhook and the bot's token. Never rejects. */
export async function exchangeSlackCode(
  deps: Pick<SinkDeps, "fetch" | "vendors">,
  input: { readonly app: SlackApp; readonly code: string; readonly redirectUri: string },
): Promise<SlackInstall> {
  const { app, code, redirectUri } = input;
  const basic = Buffer.from(`${app.clientId}:${app.clientSecret}`).toString("base64");
  const reply = await callVendor(deps, {
    url: new URL("/api/oauth.v2.access", deps.vendors.slackApi),
    method: "POST",
    headers: { authorization: `Basic ${basic}` },
    contentType: "application/x-www-form-urlencoded",
    body: new URLSearchParams({ code, redirect_uri: redirectUri }).toString(),
    secrets: [code, app.clientSecret],
  });
  return reply.kind === "unanswered"
    ? { kind: "refused", reason: "upstream", detail: "no answer" }
    : readAccess(reply);
}

function readAccess({ status, json }: VendorAnswer): SlackInstall {
  const refused = refusal.safeParse(json);
  if (refused.success) {
    const { error } = refused.data;
    return { kind: "refused", reason: CODE_ERRORS.includes(error) ? "code" : "app", detail: error };
  }
  const { data } = access.safeParse(json);
  if (data === undefined) {
    return { kind: "refused", reason: "upstream", detail: `status ${status}` };
  }
  if (data.expires_in !== undefined) {
    return { kind: "refused", reason: "app", detail: "token_rotation" };
  }
  const settings = slackSettings.safeParse({
    via: "install",
    url: data.incoming_webhook?.url,
    token: data.access_token,
    channel: data.incoming_webhook?.channel_id,
    channelName: data.incoming_webhook?.channel.slice(0, 200),
    teamId: data.team?.id ?? data.enterprise?.id,
    teamName: (data.team?.name ?? data.enterprise?.name ?? "Slack").slice(0, 200),
  });
  return settings.success && settings.data.via === "install"
    ? { kind: "installed", settings: settings.data }
    : { kind: "refused", reason: "no_channel", detail: "incoming_webhook" };
}
