import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { discordSettings, shownDiscord } from "./discord/settings.ts";
import { jsmSettings, shownJsm } from "./jsm/settings.ts";
import { ntfySettings, shownNtfy } from "./ntfy/settings.ts";
import { pagerdutySettings, shownPagerduty } from "./pagerduty/settings.ts";
import { settingsFromForm } from "./sink-setup.ts";
import { SINK_SETUPS } from "./sink-setups.ts";
import { shownSlack, slackSettings } from "./slack/settings.ts";
import { shownTeams, teamsSettings } from "./teams/settings.ts";
import { shownTelegram, telegramSettings } from "./telegram/settings.ts";

const SLACK_URL = "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXabcd";
const DISCORD_TOKEN = "aBcDeFgHiJkLmNoPqRsTuVwXyZ-_0123456789aBcDeFgHiJkLmNoPqRsTuVwXyZ0123";
const DISCORD_URL = `https://discord.com/api/webhooks/123456789012345678/${DISCORD_TOKEN}`;
const FLOW =
  "https://prod-12.westeurope.logic.azure.com:443/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers&sv=1.0&sig=sEcReTsEcReT";
const BOT = "xoxb-1234567890-abcdefghijklmnop";

interface Row {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly settings: Record<string, string>;
}

const taken: readonly Row[] = [
  { name: "a Slack webhook", schema: slackSettings, settings: { via: "webhook", url: SLACK_URL } },
  {
    name: "a GovSlack webhook",
    schema: slackSettings,
    settings: { via: "webhook", url: SLACK_URL.replace("slack.com", "slack-gov.com") },
  },
  {
    name: "a Slack bot",
    schema: slackSettings,
    settings: { via: "token", token: BOT, channel: "C0123456789" },
  },
  {
    name: "a PagerDuty key",
    schema: pagerdutySettings,
    settings: { routingKey: "a".repeat(32), region: "eu" },
  },
  { name: "a JSM key", schema: jsmSettings, settings: { apiKey: "01234567-89ab-cdef-0123-456789abcdef" } },
  { name: "a Discord webhook", schema: discordSettings, settings: { url: DISCORD_URL } },
  {
    name: "a versioned Discord webhook of a test client, in a thread",
    schema: discordSettings,
    settings: {
      url: DISCORD_URL.replace("discord.com/api", "canary.discord.com/api/v10"),
      threadId: "123456789012345679",
    },
  },
  { name: "a flow of Logic Apps", schema: teamsSettings, settings: { url: FLOW } },
  {
    name: "a flow of Power Platform",
    schema: teamsSettings,
    settings: {
      url: FLOW.replace(
        "prod-12.westeurope.logic.azure.com:443",
        "default0123.45.environment.api.powerplatform.com:443/powerautomate/automations/direct",
      ),
    },
  },
  {
    name: "a Telegram group",
    schema: telegramSettings,
    settings: { chatId: "-1001234567890", topicId: "7" },
  },
  { name: "an ntfy topic", schema: ntfySettings, settings: { topic: "my-alerts_1" } },
  {
    name: "a topic on an ntfy server under a path",
    schema: ntfySettings,
    settings: {
      topic: "a",
      server: "https://push.example.com/ntfy",
      token: "tk_abcdefghijklmnopqrstuvwxyz012",
    },
  },
];

const refused: readonly Row[] = [
  ...[
    "http://hooks.slack.com/services/T00000000/B00000000/XXXX",
    "https://hooks.slack.com.evil.example/services/T00000000/B00000000/XXXX",
    "https://evil.example/services/T00000000/B00000000/XXXX",
    "https://user@hooks.slack.com/services/T00000000/B00000000/XXXX",
    "https://hooks.slack.com:8443/services/T00000000/B00000000/XXXX",
    "https://hooks.slack.com/triggers/T00000000/1/XXXX",
    "https://hooks.slack.com/services/T00000000/B00000000/XXXX?x=1",
    "https://hooks.slack.com/services/../services/T0",
    "not a url",
  ].map((url) => ({ name: url, schema: slackSettings, settings: { via: "webhook", url } })),
  {
    name: "a Slack user's token",
    schema: slackSettings,
    settings: { via: "token", token: "xoxp-1234567890-abcdefgh", channel: "C0123456789" },
  },
  {
    name: "a Slack channel by name",
    schema: slackSettings,
    settings: { via: "token", token: BOT, channel: "#x" },
  },
  { name: "a Slack way nobody knows", schema: slackSettings, settings: { via: "email", url: SLACK_URL } },
  { name: "a short PagerDuty key", schema: pagerdutySettings, settings: { routingKey: "a".repeat(31) } },
  {
    name: "a region PagerDuty does not have",
    schema: pagerdutySettings,
    settings: { routingKey: "a".repeat(32), region: "mars" },
  },
  {
    name: "a JSM key with a line break",
    schema: jsmSettings,
    settings: { apiKey: `${"a".repeat(30)}\nX: y` },
  },
  {
    name: "a JSM address of the owner's own",
    schema: jsmSettings,
    settings: { apiKey: "a".repeat(36), base: "https://evil.example" },
  },
  ...[
    DISCORD_URL.replace("discord.com", "discord.com.evil.example"),
    DISCORD_URL.replace("https", "http"),
    DISCORD_URL.replace("/webhooks/", "/channels/"),
    `${DISCORD_URL}/slack`,
    `${DISCORD_URL}#x`,
  ].map((url) => ({ name: url, schema: discordSettings, settings: { url } })),
  ...[
    "https://contoso.webhook.office.com/webhookb2/x/IncomingWebhook/y/z",
    FLOW.replace("logic.azure.com", "logic.azure.com.evil.example"),
    FLOW.replace("https://", "http://"),
    FLOW.replace("sig=", "gis="),
    FLOW.replace(":443", ":8443"),
  ].map((url) => ({ name: url, schema: teamsSettings, settings: { url } })),
  { name: "a Telegram chat that is none", schema: telegramSettings, settings: { chatId: "12a" } },
  { name: "an ntfy topic with a slash", schema: ntfySettings, settings: { topic: "a/b" } },
  { name: "an ntfy topic of ntfy's own", schema: ntfySettings, settings: { topic: "v1" } },
  {
    name: "an ntfy server with a password in its address",
    schema: ntfySettings,
    settings: { topic: "a", server: "https://u:p@ntfy.example" },
  },
  {
    name: "an ntfy server by file",
    schema: ntfySettings,
    settings: { topic: "a", server: "file:///etc/passwd" },
  },
];

describe("settings of a sink", () => {
  test.each(taken)("take $name, and their own output again", ({ schema, settings }) => {
    const once = schema.parse(settings);
    expect(schema.parse(once)).toEqual(once);
  });

  test.each(refused)("refuse $name", ({ schema, settings }) => {
    expect(schema.safeParse(settings).success).toBe(false);
  });

  test("show nothing that opens the sink", () => {
    const shown = [
      shownSlack({ via: "webhook", url: SLACK_URL }),
      shownSlack({ via: "token", token: BOT, channel: "C0123456789" }),
      shownPagerduty({
        routingKey: "0123456789abcdef0123456789abcdef",
        region: "us",
        webhookSecret: "s".repeat(40),
      }),
      shownJsm({ apiKey: "01234567-89ab-cdef-0123-456789abcdef", base: "jsm" }),
      shownDiscord({ url: DISCORD_URL }),
      shownTeams({ url: FLOW }),
      shownTelegram({ chatId: "-1001234567890" }),
      shownNtfy({ server: "https://ntfy.sh", topic: "secret-topic" }),
    ];
    expect(shown).toEqual([
      "hooks.slack.com …abcd",
      "Channel C0123456789, by a bot of your own",
      "Integration key …cdef (US), answers come back",
      "Jira Service Management, key …cdef",
      "Webhook …345678",
      "Flow …abcdef on logic.azure.com",
      "Chat -1001234567890",
      "ntfy.sh, topic se…",
    ]);
  });

  test("say which connectors Microsoft retired", () => {
    const result = teamsSettings.safeParse({ url: "https://contoso.webhook.office.com/webhookb2/x" });
    expect(result.error?.issues[0]?.message).toContain("retired");
  });
});

describe("what a set-up page is made of", () => {
  test("every kind has one, and its forms name fields once", () => {
    for (const [kind, setup] of Object.entries(SINK_SETUPS)) {
      expect(setup.kind).toBe(kind);
      for (const way of setup.ways) {
        expect(new Set(way.fields.map(({ name }) => name)).size).toBe(way.fields.length);
        expect(way.fields.length > 0).toBe(way.by === "form");
      }
    }
  });

  test("a form gives what its kind's schema reads, and nothing that it did not ask for", () => {
    const way = SINK_SETUPS.slack.ways.find(({ id }) => id === "webhook");
    expect(way).toBeDefined();
    if (way !== undefined) {
      const settings = settingsFromForm(way, { url: ` ${SLACK_URL} `, teamId: "T1", via: "install" });
      expect(settings).toEqual({ via: "webhook", url: SLACK_URL });
      expect(slackSettings.parse(settings)).toEqual(settings);
    }
  });

  test("a field left empty is as if it were not there", () => {
    const [way] = SINK_SETUPS.ntfy.ways;
    expect(way).toBeDefined();
    if (way !== undefined) {
      expect(settingsFromForm(way, { topic: "a", server: " ", token: "" })).toEqual({ topic: "a" });
    }
  });
});
