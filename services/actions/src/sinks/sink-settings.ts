import type { SinkKind } from "@alivemcp/core/sink-kind";
import { discordSettings, shownDiscord } from "@alivemcp/sinks/discord/settings";
import { emailSettings, shownEmail } from "@alivemcp/sinks/email/settings";
import { jsmSettings, shownJsm } from "@alivemcp/sinks/jsm/settings";
import { ntfySettings, shownNtfy } from "@alivemcp/sinks/ntfy/settings";
import { pagerdutySettings, shownPagerduty } from "@alivemcp/sinks/pagerduty/settings";
import { shownSlack, slackSettings } from "@alivemcp/sinks/slack/settings";
import { shownTeams, teamsSettings } from "@alivemcp/sinks/teams/settings";
import { shownTelegram, telegramSettings } from "@alivemcp/sinks/telegram/settings";
import { shownWebhook, webhookSettings } from "@alivemcp/sinks/webhook/settings";
import type { z } from "zod";

/** What is asked of the settings of a kind before they are sealed. */
export interface SettingsOfKind {
  readonly schema: z.ZodType<Readonly<Record<string, unknown>>>;
  readonly shown: (settings: Readonly<Record<string, unknown>>) => string;
}

const of = <Settings extends Readonly<Record<string, unknown>>>(
  schema: z.ZodType<Settings>,
  shown: (settings: Settings) => string,
): SettingsOfKind => ({ schema, shown: (settings) => shown(schema.parse(settings)) });

export const SINK_SETTINGS: Readonly<Record<SinkKind, SettingsOfKind>> = {
  slack: of(slackSettings, shownSlack),
  pagerduty: of(pagerdutySettings, shownPagerduty),
  email: of(emailSettings, shownEmail),
  webhook: of(webhookSettings, shownWebhook),
  jsm: of(jsmSettings, shownJsm),
  discord: of(discordSettings, shownDiscord),
  teams: of(teamsSettings, shownTeams),
  telegram: of(telegramSettings, shownTelegram),
  ntfy: of(ntfySettings, shownNtfy),
};
