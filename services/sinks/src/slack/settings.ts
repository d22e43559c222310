import { z } from "zod";

/**
 * `…/services/T…/B…/…`: workspace, webhook, secret. Nothing else of hooks.slack.com posts to a channel: `/triggers/` and
 * `/workflows/` take other bodies.
 */
const WEBHOOK_PATH = /^\/services\/T[A-Z0-9]{1,20}\/B[A-Z0-9]{1,20}\/[A-Za-z0-9]{1,64}$/;
export const SLACK_WEBHOOK_HOSTS = ["hooks.slack.com", "hooks.slack-gov.com"] as const;

const webhookUrl = z
  .string()
  .max(300)
  .refine(
    isWebhookUrl,
    "This is not the URL of a Slack incoming webhook (https://hooks.slack.com/services/…).",
  );

const channel = z
  .string()
  .regex(
    /^[CGD][A-Z0-9]{5,20}$/,
    "This is not the ID of a channel (it begins with C or G; see the channel's details).",
  );
const botToken = z
  .string()
  .regex(/^xox[be]-[A-Za-z0-9.-]{10,300}$/, "This is not a bot token of Slack (xoxb-…).");
const name = z.string().max(200);

/**
 * `webhook` only posts. `token` is the bot of an app of the owner's own: it edits. `install` is what our app was given
 * when it was installed: it edits, has a button, and posts by its webhook where its bot is not in the channel.
 */
export const slackSettings = z.discriminatedUnion("via", [
  z.object({ via: z.literal("webhook"), url: webhookUrl }),
  z.object({ via: z.literal("token"), token: botToken, channel }),
  z.object({
    via: z.literal("install"),
    url: webhookUrl,
    token: botToken,
    channel,
    channelName: name,
    teamId: z.string().regex(/^[TE][A-Z0-9]{1,20}$/),
    teamName: name,
  }),
]);
export type SlackSettings = z.infer<typeof slackSettings>;

export function shownSlack(settings: SlackSettings): string {
  switch (settings.via) {
    case "webhook": {
      const { hostname, pathname } = new URL(settings.url);
      return `${hostname} …${pathname.slice(-4)}`;
    }
    case "token":
      return `Channel ${settings.channel}, by a bot of your own`;
    case "install":
      return `${settings.channelName} in ${settings.teamName}`;
  }
}

function isWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) {
    return false;
  }
  const url = new URL(text);
  return (
    url.origin === `https://${url.hostname}` &&
    SLACK_WEBHOOK_HOSTS.some((host) => host === url.hostname) &&
    `${url.username}${url.password}${url.search}${url.hash}` === "" &&
    WEBHOOK_PATH.test(url.pathname)
  );
}
