import type { SinkKind } from "@alivemcp/core/sink-kind";
import { DISCORD_SETUP } from "./discord/setup.ts";
import { EMAIL_SETUP } from "./email/setup.ts";
import { JSM_SETUP } from "./jsm/setup.ts";
import { NTFY_SETUP } from "./ntfy/setup.ts";
import { PAGERDUTY_SETUP } from "./pagerduty/setup.ts";
import type { SinkSetup } from "./sink-setup.ts";
import { SLACK_SETUP } from "./slack/setup.ts";
import { TEAMS_SETUP } from "./teams/setup.ts";
import { TELEGRAM_SETUP } from "./telegram/setup.ts";
import { WEBHOOK_SETUP } from "./webhook/setup.ts";

/** One per kind, in the order in which they are offered. */
export const SINK_SETUPS: Readonly<Record<SinkKind, SinkSetup>> = {
  slack: SLACK_SETUP,
  pagerduty: PAGERDUTY_SETUP,
  email: EMAIL_SETUP,
  webhook: WEBHOOK_SETUP,
  jsm: JSM_SETUP,
  discord: DISCORD_SETUP,
  teams: TEAMS_SETUP,
  telegram: TELEGRAM_SETUP,
  ntfy: NTFY_SETUP,
};
