import type { AlertMessage } from "@alivemcp/core/alert-message";
import { describe, expect, test } from "vitest";
import { alertMessage, HOSTILE, hugeMessage } from "../test/incident-messages.ts";
import { renderDiscord } from "./discord/render.ts";
import { renderJsm } from "./jsm/render.ts";
import { renderNtfy } from "./ntfy/render.ts";
import { renderPagerduty } from "./pagerduty/render.ts";
import { renderSlack } from "./slack/render.ts";
import { renderTeams } from "./teams/render.ts";
import { renderTelegram } from "./telegram/render.ts";

/** Everything that one kind sends, and what may not be in it when all texts are hostile. */
const kinds: readonly (readonly [string, (message: AlertMessage) => string, RegExp])[] = [
  ["slack, where Slack reads markup", slackMarkup, /<[!@#]|<https:\/\/evil|@(?!\u200b)|https:\/\/evil/],
  ["discord", discordMarkup, /(?<!\\)[<[]|@(?!\u200b)|https:\/\/evil/],
  ["teams", (message) => JSON.stringify(renderTeams(message)), /@everyone|https:\/\/evil|"TextBlock"|"Fact/],
  [
    "telegram",
    (message) => renderTelegram(message).text,
    /<script|<a href="https:\/\/evil|@everyone|https:\/\/evil/,
  ],
  [
    "jsm",
    (message) => JSON.stringify(renderJsm(message, { alias: message.dedupKey, isKnownThere: false }).body),
    /[<>]|@everyone|https:\/\/evil/,
  ],
  ["ntfy", (message) => JSON.stringify(renderNtfy(message, "topic")), /@everyone|https:\/\/evil/],
];

/** Text fields that Slack interprets: the top-level text and every `mrkdwn` object. */
function slackMarkup(message: AlertMessage): string {
  const body = renderSlack(message, null);
  const found: string[] = [body.text];
  JSON.stringify(body.blocks, (_key, value: unknown) => {
    if (
      typeof value === "object" &&
      value !== null &&
      "type" in value &&
      value.type === "mrkdwn" &&
      "text" in value
    ) {
      found.push(String(value.text));
    }
    return value;
  });
  return found.join("\n");
}

/** Everything of a message that Discord reads as Markdown, without our own links. */
function discordMarkup(message: AlertMessage): string {
  const { content, embeds } = renderDiscord({ ...message, links: [] });
  return [
    content,
    embeds[0].description,
    ...embeds[0].fields.flatMap(({ name, value }) => [name, value]),
  ].join("\n");
}

const withText = (text: string): AlertMessage =>
  alertMessage({
    title: text.slice(0, 150),
    summary: text,
    endpoint: { slug: "x", name: text, group: text.slice(0, 60), tags: [text.slice(0, 60)] },
    facts: [{ label: text.slice(0, 60), value: text }],
    incident: { update: { stage: "investigating", body: text } },
  });

describe.each(kinds)("names that want to be noticed, in %s", (_kind, render, forbidden) => {
  test.each(Object.entries(HOSTILE))("%s mention nobody and link nothing", (_name, text) => {
    expect(render(withText(text))).not.toMatch(forbidden);
  });
});

describe("names that want to be noticed", () => {
  test("stand in Slack's plain text as they are", () => {
    const blocks = JSON.stringify(renderSlack(withText(HOSTILE.slackMentions), null).blocks);
    expect(blocks).toContain(HOSTILE.slackMentions);
    expect(blocks).toContain('"emoji":false');
  });

  test("are read by PagerDuty as plain text, without control characters", () => {
    const { body } = renderPagerduty(withText(HOSTILE.controls), "0".repeat(32));
    expect(JSON.stringify(body)).not.toMatch(/\\u00|\u202e|\u2066/);
  });

  test("cannot end the brackets of our own links", () => {
    const links = [{ label: "Status](https://evil.example)", url: "https://a.example/(x)|>y" }];
    const message = alertMessage({ links });
    expect(renderDiscord(message).embeds[0].description).toContain(
      "[Status\\]\\(https:\u200b//evil.example\\)](https://a.example/%28x%29",
    );
    expect(slackMarkup(message)).toContain("<https://a.example/(x)%7C%3Ey|");
  });

  test("leave every message within its vendor's limits, whatever they are made of", () => {
    for (const text of Object.values(HOSTILE)) {
      const message = hugeMessage(text);
      expect(renderTelegram(message).text.length).toBeLessThanOrEqual(4_096);
      expect(Buffer.byteLength(renderNtfy(message, "t").message)).toBeLessThanOrEqual(4_096);
      expect(Buffer.byteLength(JSON.stringify(renderPagerduty(message, "0".repeat(32))))).toBeLessThan(
        512 * 1_024,
      );
    }
  });
});
