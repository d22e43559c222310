import type { VendorUrls } from "./sink-client.ts";

/** Where the vendors really are. */
export const VENDOR_URLS: VendorUrls = {
  slackHooks: "https://hooks.slack.com",
  slackHooksGov: "https://hooks.slack-gov.com",
  slackApi: "https://slack.com",
  pagerduty: "https://events.pagerduty.com",
  pagerdutyEu: "https://events.eu.pagerduty.com",
  jsm: "https://api.atlassian.com",
  opsgenie: "https://api.opsgenie.com",
  opsgenieEu: "https://api.eu.opsgenie.com",
  discord: "https://discord.com",
  teams: null,
  telegram: "https://api.telegram.org",
};
