import { describe, expect, test } from "vitest";
import { readTelegramStart, telegramStartReply, verifyTelegramSecret } from "./inbound.ts";

const update = (message: object) =>
  JSON.stringify({
    update_id: 1,
    message: {
      message_id: 2,
      from: { id: 7, is_bot: false, first_name: "Ada" },
      chat: { id: -1001234567890, type: "supergroup", title: "On call" },
      date: 1_700_000_000,
      text: "/start",
      ...message,
    },
  });

describe("a request of Telegram", () => {
  test.each([
    ["the secret", "s3cret", "s3cret", true],
    ["another secret", "other", "s3cret", false],
    ["no secret", null, "s3cret", false],
    ["an empty secret where none was set", "", "", false],
  ])("with %s is believed: %#", (_name, header, secret, isBelieved) => {
    expect(verifyTelegramSecret(header, secret)).toBe(isBelieved);
  });
});

describe("somebody who starts the bot", () => {
  test.each([
    ["by hand", "/start", null],
    ["in a group", "/start@alivemcp_bot", null],
    ["by a link", "/start Abc-123_x", "Abc-123_x"],
    ["by a link in a group", "/start@alivemcp_bot Abc", "Abc"],
  ])("%s is told the chat's ID", (_name, text, token) => {
    const start = readTelegramStart(update({ text }));
    expect(start).toEqual({ token, chatId: "-1001234567890", topicId: null, chatTitle: "On call" });
    expect(start && telegramStartReply(start)).toEqual({
      method: "sendMessage",
      chat_id: "-1001234567890",
      text: expect.stringContaining("This chat's ID is -1001234567890."),
    });
  });

  test("in a topic is told the topic's ID, there", () => {
    const start = readTelegramStart(update({ message_thread_id: 7, is_topic_message: true }));
    expect(start && telegramStartReply(start)).toMatchObject({
      message_thread_id: 7,
      text: expect.stringContaining("the topic's ID is 7"),
    });
  });

  test("in a channel posts there", () => {
    const post = { text: "/start", chat: { id: -1009, type: "channel", title: "News" } };
    expect(readTelegramStart(JSON.stringify({ update_id: 1, channel_post: post }))?.chatId).toBe("-1009");
  });

  test.each([
    ["something else", update({ text: "hello" })],
    ["another command", update({ text: "/startle" })],
    ["a token that is none", update({ text: "/start a b" })],
    ["a token of 65 characters", update({ text: `/start ${"a".repeat(65)}` })],
    ["a picture", update({ text: undefined })],
    ["no JSON", "{"],
    ["nothing", "null"],
  ])("who says %s is not answered", (_name, rawBody) => {
    expect(readTelegramStart(rawBody)).toBeNull();
  });
});
