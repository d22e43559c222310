import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSlackReceiver, type SlackReceiver } from "../../test/receivers/slack.ts";
import { testSinkDeps } from "../../test/sink-deps.ts";
import type { SinkDeps } from "../sink-client.ts";
import { exchangeSlackCode, slackAuthorizeUrl } from "./oauth.ts";
import { shownSlack } from "./settings.ts";

let slack: SlackReceiver;
let deps: SinkDeps;
beforeEach(async () => {
  slack = await openSlackReceiver();
  deps = testSinkDeps({ vendors: slack.vendors });
});
afterEach(() => slack.close());

const redirectUri = "https://app.example/slack/back";
const exchange = (code: string, app = slack.app) => exchangeSlackCode(deps, { app, code, redirectUri });

describe("installing our Slack app", () => {
  test("asks for posting, editing and nothing else, with the state it is to bring back", () => {
    const url = slackAuthorizeUrl(testSinkDeps(), { clientId: "111.222", redirectUri, state: "s t&te" });
    expect(url.origin + url.pathname).toBe("https://slack.com/oauth/v2/authorize");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: "111.222",
      scope: "incoming-webhook,chat:write,chat:write.public",
      redirect_uri: redirectUri,
      state: "s t&te",
    });
  });

  test("a code gives the channel's webhook and the bot, once", async () => {
    const code = slack.makeCode();
    const installed = await exchange(code);
    expect(installed).toMatchObject({
      kind: "installed",
      settings: { via: "install", url: slack.webhookUrl, token: slack.botToken, teamId: "T0TEAM000" },
    });
    expect(installed.kind === "installed" && shownSlack(installed.settings)).toBe("#alerts in Test team");
    expect(await exchange(code)).toEqual({ kind: "refused", reason: "code", detail: "invalid_code" });
  });

  test("keys that are not our app's are our fault, although Slack answers 200", async () => {
    const app = { ...slack.app, clientSecret: "wrong" };
    expect(await exchange(slack.makeCode(), app)).toEqual({
      kind: "refused",
      reason: "app",
      detail: "bad_client_secret",
    });
  });

  const answer = (changes: object) => ({
    status: 200,
    body: JSON.stringify({
      ok: true,
      access_token: "xoxb-000000000000-TestBotToken",
      team: { id: "T0TEAM000", name: "Test team" },
      incoming_webhook: { url: slack.webhookUrl, channel: "#a", channel_id: "C0CHANNEL0" },
      ...changes,
    }),
  });

  test.each([
    ["gives no channel", { incoming_webhook: null }, "no_channel"],
    [
      "gives a webhook elsewhere",
      { incoming_webhook: { url: "https://evil.example", channel: "#a", channel_id: "C0CHANNEL0" } },
      "no_channel",
    ],
    ["rotates tokens", { expires_in: 43_200, refresh_token: "xoxe-1" }, "app"],
  ])("an answer that %s is refused", async (_name, changes, reason) => {
    slack.misbehaveAlways(answer(changes));
    expect(await exchange("x")).toMatchObject({ kind: "refused", reason });
  });

  test.each([503, "reset", { status: 200, body: "<html>" }] as const)("%j is for later", async (how) => {
    slack.misbehaveAlways(how);
    expect(await exchange("x")).toMatchObject({ kind: "refused", reason: "upstream" });
  });

  test("an organisation that installs as a whole is known by its own id", async () => {
    slack.misbehaveAlways(answer({ team: null, enterprise: { id: "E0ORG0000", name: "Org" } }));
    expect(await exchange("x")).toMatchObject({ kind: "installed", settings: { teamId: "E0ORG0000" } });
  });
});
