import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { buttonValueOf } from "./button-value.ts";
import { isPressedThere, readSlackPress, verifySlackSignature } from "./interaction.ts";
import { ACKNOWLEDGE_ACTION } from "./render.ts";
import type { SlackSettings } from "./settings.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const NOW_MS = Date.parse("2026-11-21T13:00:00Z");
const MINUTE_MS = 60_000;
const sinkId = "7f3f4f0e-4f6f-4a2b-8a53-5a3e3b6f8a11";

const form = (payload: unknown) => `payload=${encodeURIComponent(JSON.stringify(payload))}`;
const press = (changes: object = {}) => ({
  type: "block_actions",
  user: { id: "U0USER", username: "ada", name: "ada", team_id: "T0TEAM000" },
  team: { id: "T0TEAM000", domain: "test" },
  enterprise: null,
  channel: { id: "C0CHANNEL0", name: "alerts" },
  response_url: "https://hooks.slack.com/actions/T0TEAM000/1/x",
  actions: [
    {
      type: "button",
      action_id: ACKNOWLEDGE_ACTION,
      value: buttonValueOf({ sinkId, dedupKey: "incident-1" }),
    },
  ],
  ...changes,
});

function signed(rawBody: string, { atMs = NOW_MS, secret = SECRET, version = "v0" } = {}) {
  const timestamp = String(Math.floor(atMs / 1_000));
  const signature = `${version}=${createHmac("sha256", secret).update(`${version}:${timestamp}:${rawBody}`).digest("hex")}`;
  return { signature, timestamp, rawBody };
}

describe("a request of Slack", () => {
  const raw = form(press());

  test.each([
    ["now", NOW_MS],
    ["five minutes ago", NOW_MS - 5 * MINUTE_MS],
    ["five minutes ahead, by another clock", NOW_MS + 5 * MINUTE_MS],
  ])("signed %s is believed", (_name, atMs) => {
    expect(verifySlackSignature(signed(raw, { atMs }), SECRET, NOW_MS).kind).toBe("valid");
  });

  test("has the same key when it is replayed, and another when it is not", () => {
    const [once, again, other] = [signed(raw), signed(raw), signed(raw, { atMs: NOW_MS - 1_000 })].map(
      (request) => verifySlackSignature(request, SECRET, NOW_MS),
    );
    expect(once).toEqual(again);
    expect(once).not.toEqual(other);
  });

  test.each([
    ["more than five minutes old", signed(raw, { atMs: NOW_MS - 5 * MINUTE_MS - 1_000 }), "stale"],
    ["from the future", signed(raw, { atMs: NOW_MS + 5 * MINUTE_MS + 1_000 }), "stale"],
    ["signed with another secret", signed(raw, { secret: "other" }), "mismatch"],
    ["signed in another version", signed(raw, { version: "v1" }), "mismatch"],
    ["with another body", { ...signed(raw), rawBody: `${raw}&x=1` }, "mismatch"],
    [
      "with a fresh time put on",
      { ...signed(raw, { atMs: 0 }), timestamp: String(NOW_MS / 1_000) },
      "mismatch",
    ],
    ["without a signature", { ...signed(raw), signature: null }, "missing"],
    ["without a time", { ...signed(raw), timestamp: null }, "missing"],
    ["with a time that is none", { ...signed(raw), timestamp: "1e9" }, "missing"],
    ["with an empty signature", { ...signed(raw), signature: "" }, "mismatch"],
  ])("%s is refused", (_name, request, reason) => {
    expect(verifySlackSignature(request, SECRET, NOW_MS)).toEqual({ kind: "refused", reason });
  });

  test("the example of Slack's documentation verifies", () => {
    const rawBody =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const request = {
      rawBody,
      timestamp: "1531420618",
      signature: "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    };
    expect(verifySlackSignature(request, SECRET, 1_531_420_618_000).kind).toBe("valid");
  });
});

describe("a press on Acknowledge", () => {
  test("says which sink's message of which incident, where and by whom", () => {
    expect(readSlackPress(form(press()))).toEqual({
      sinkId,
      dedupKey: "incident-1",
      teamId: "T0TEAM000",
      enterpriseId: null,
      channelId: "C0CHANNEL0",
      userId: "U0USER",
      userName: "ada",
    });
  });

  test.each([
    ["another button", form(press({ actions: [{ action_id: "other", value: "{}" }] }))],
    [
      "a button of ours with a value that is none",
      form(press({ actions: [{ action_id: ACKNOWLEDGE_ACTION, value: "x" }] })),
    ],
    ["a button of ours without a value", form(press({ actions: [{ action_id: ACKNOWLEDGE_ACTION }] }))],
    ["a view that was submitted", form(press({ type: "view_submission" }))],
    ["no payload", "a=b"],
    ["a payload that is no JSON", "payload=%7B"],
  ])("%s is none", (_name, rawBody) => {
    expect(readSlackPress(rawBody)).toBeNull();
  });

  const settings: SlackSettings = {
    via: "install",
    url: "https://hooks.slack.com/services/T0TEAM000/B0HOOK000/Secret",
    token: "xoxb-000000000000-TestBotToken",
    channel: "C0CHANNEL0",
    channelName: "#alerts",
    teamId: "T0TEAM000",
    teamName: "Test team",
  };
  const pressOf = (changes: object) => readSlackPress(form(press(changes)));

  test.each([
    ["in its channel", {}, settings, true],
    ["in a workspace of its organisation", { team: null, enterprise: { id: "T0TEAM000" } }, settings, true],
    ["in another workspace, by a button copied there", { team: { id: "T0EVIL000" } }, settings, false],
    ["in another channel", { channel: { id: "C0OTHER00" } }, settings, false],
    ["of a sink that has no button", {}, { via: "webhook", url: settings.url }, false],
  ] as const)("%s counts: %#", (_name, changes, of, isCounted) => {
    const pressed = pressOf(changes);
    expect(pressed).not.toBeNull();
    expect(pressed !== null && isPressedThere(of, pressed)).toBe(isCounted);
  });
});
