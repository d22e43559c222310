import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  alertMessage,
  degradedMessage,
  HOSTILE,
  hugeMessage,
  resolvedMessage,
  verificationMessage,
  worseMessage,
} from "../../test/incident-messages.ts";
import { openTelegramReceiver, type TelegramReceiver } from "../../test/receivers/telegram.ts";
import { sendInput } from "../../test/send-input.ts";
import { testSinkDeps } from "../../test/sink-deps.ts";
import type { SendInput, SinkDeps } from "../sink-client.ts";
import { telegramClient } from "./client.ts";
import type { TelegramSettings } from "./settings.ts";

let telegram: TelegramReceiver;
let deps: SinkDeps;
beforeEach(async () => {
  telegram = await openTelegramReceiver();
  deps = testSinkDeps({ vendors: telegram.vendors, telegramBotToken: telegram.botToken });
});
afterEach(() => telegram.close());

const send = (
  overrides: Partial<SendInput<TelegramSettings>> = {},
  settings: Partial<TelegramSettings> = {},
) => telegramClient.send(deps, sendInput({ chatId: telegram.chatId, ...settings }, overrides));
const refOf = (outcome: Awaited<ReturnType<typeof send>>) => (outcome.kind === "sent" ? outcome.ref : null);

describe("Telegram", () => {
  test("one message is edited as things change; an edit that is tried again changes nothing", async () => {
    const thread = refOf(await send());
    const resolved = await send({ message: resolvedMessage(), thread });
    expect(refOf(resolved)).toEqual(thread);
    const again = await send({ message: resolvedMessage(), thread });
    expect([again.kind, refOf(again)]).toEqual(["sent", thread]);
    expect(telegram.messages).toMatchObject([{ edits: 1, text: expect.stringContaining("up again") }]);
  });

  test("what is worse is a second message that rings, and what follows edits that one", async () => {
    const opened = refOf(await send({ message: degradedMessage() }));
    const worse = refOf(await send({ message: worseMessage(), thread: opened }));
    expect(telegram.messages).toMatchObject([
      { edits: 0, text: expect.stringContaining("is degraded") },
      { edits: 0, text: expect.stringContaining("is down"), isSilent: false },
    ]);
    expect(worse).not.toEqual(opened);
    for (const message of [degradedMessage({ event: "incident.updated" }), resolvedMessage()]) {
      await send({ message, thread: worse });
    }
    expect(telegram.messages).toMatchObject([
      { edits: 0 },
      { edits: 2, text: expect.stringContaining("up again") },
    ]);
  });

  test("what is worse goes where a group moved to", async () => {
    const before = refOf(await send({ message: degradedMessage() }));
    const chatId = telegram.migrate();
    expect(refOf(await send({ message: worseMessage(), thread: before }))).toMatchObject({ chatId });
  });

  test("a message that was deleted is told anew", async () => {
    const thread = refOf(await send());
    telegram.deleteMessages();
    expect((await send({ message: resolvedMessage(), thread })).kind).toBe("sent");
    expect(telegram.messages.length).toBe(1);
  });

  test("a message of another chat is left alone", async () => {
    await send({ thread: { askedChatId: "-1", chatId: "-1", messageId: "1" } });
    expect(telegram.requests.map(({ path }) => path.split("/").at(-1))).toEqual(["sendMessage"]);
    expect(telegram.messages.length).toBe(1);
  });

  test("a group that became another is followed, and its message edited there", async () => {
    const before = refOf(await send());
    const chatId = telegram.migrate();
    const moved = await send({ message: resolvedMessage(), thread: before });
    expect(refOf(moved)).toMatchObject({ chatId });
    await send({ message: alertMessage(), thread: refOf(moved) });
    expect(telegram.messages.map(({ edits }) => edits)).toEqual([0, 1]);
  });

  test("outages ring, what needs nobody tonight does not", async () => {
    await send();
    await send({ message: alertMessage({ event: "drift.detected", severity: "P3", incident: null }) });
    expect(telegram.messages.map(({ isSilent }) => isSilent)).toEqual([false, true]);
  });

  test("a topic is written to when it is named", async () => {
    await send({}, { topicId: "7" });
    expect(telegram.messages).toMatchObject([{ topicId: 7 }]);
  });

  test("shows the code that proves the chat", async () => {
    await send({ message: verificationMessage("1234-5678") });
    expect(telegram.messages[0]?.text).toContain("<code>1234-5678</code>");
  });

  test.each([
    ["threw the bot out", () => telegram.block(), "unauthorized"],
    [
      "closed its topic",
      () =>
        telegram.misbehaveAlways({
          status: 400,
          body: '{"ok":false,"error_code":400,"description":"Bad Request: message thread not found"}',
        }),
      "gone",
    ],
  ] as const)("a chat that %s is dead", async (_name, happen, reason) => {
    happen();
    expect(await send()).toMatchObject({ kind: "permanent", reason, isSinkDead: true });
  });

  test("a chat that is not there is dead", async () => {
    expect(await send({}, { chatId: "-999" })).toMatchObject({
      kind: "permanent",
      reason: "gone",
      isSinkDead: true,
    });
  });

  test("how long to wait stands in the parameters", async () => {
    telegram.misbehaveAlways({
      status: 429,
      body: '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}',
    });
    expect(await send()).toMatchObject({ kind: "retryable", reason: "rate_limited", retryAfterMs: 35_000 });
  });

  test("a token of ours that is wrong is no chat's fault, and not shown", async () => {
    const wrong = testSinkDeps({ vendors: telegram.vendors, telegramBotToken: "1:wrong-token-000000" });
    const outcome = await telegramClient.send(wrong, sendInput({ chatId: telegram.chatId }));
    expect(outcome).toMatchObject({ kind: "retryable", reason: "not_configured" });
    expect(JSON.stringify(outcome)).not.toContain("wrong-token");
  });

  test("an installation without a bot says so, and asks nobody", async () => {
    const outcome = await telegramClient.send(
      testSinkDeps({ vendors: telegram.vendors }),
      sendInput({ chatId: telegram.chatId }),
    );
    expect(outcome).toMatchObject({ kind: "permanent", reason: "not_configured", isSinkDead: false });
    expect(telegram.requests).toEqual([]);
  });

  test.each([500, 502, "reset"] as const)("%s may pass", async (how) => {
    telegram.misbehaveAlways(how);
    expect((await send()).kind).toBe("retryable");
  });

  test.each(Object.entries(HOSTILE))("the longest message of %s is taken", async (_name, text) => {
    expect((await send({ message: hugeMessage(text) })).kind).toBe("sent");
  });

  test("a name is neither a tag nor a mention nor a command nor a link", async () => {
    const title = `${HOSTILE.html} @ada /start https://evil.example evil.example`;
    await send({ message: alertMessage({ title: title.slice(0, 150), summary: title, links: [] }) });
    const text = telegram.messages[0]?.text ?? "";
    expect(text).not.toMatch(/<a |<script|@(?!\u200b)|:\/\/|\/start|evil\.example/);
  });

  test("asked in silence, says whether the chat is there", async () => {
    expect(await telegramClient.recheck?.(deps, { chatId: telegram.chatId })).toMatchObject({ kind: "sent" });
    telegram.block();
    expect(await telegramClient.recheck?.(deps, { chatId: telegram.chatId })).toMatchObject({
      isSinkDead: true,
    });
    expect(telegram.messages).toEqual([]);
  });
});

describe("what the receiver refuses as Telegram does", () => {
  const call = async (body: unknown, method = "sendMessage", token = telegram.botToken) => {
    const reply = await fetch(`${telegram.url}/bot${token}/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return [reply.status, ((await reply.json()) as { description: string }).description];
  };

  test.each([
    ["a tag that is not closed", "<b>x", "can't parse entities"],
    ["a tag nobody knows", "<blink>x</blink>", "can't parse entities"],
    ["tags that cross", "<b><i>x</b></i>", "can't parse entities"],
    ["an ampersand that is not escaped", "a & b", "can't parse entities"],
    ["4,097 characters", "x".repeat(4_097), "too long"],
    ["nothing", "", "can't parse"],
  ])("%s", async (_name, text, said) => {
    const [status, description] = await call({ chat_id: telegram.chatId, text, parse_mode: "HTML" });
    expect([status, description]).toEqual([400, expect.stringContaining(said)]);
  });

  test("another token, no token, another method, another chat, no JSON", async () => {
    const good = { chat_id: telegram.chatId, text: "x" };
    expect(await call(good, undefined, "1:other")).toEqual([401, "Unauthorized"]);
    expect(await call(good, undefined, "nonsense")).toEqual([404, "Not Found"]);
    expect(await call(good, "sendFax")).toEqual([404, "Not Found: method not found"]);
    expect(await call({ ...good, chat_id: 5 })).toEqual([400, "Bad Request: chat not found"]);
    expect(await call("{")).toEqual([400, "Bad Request: can't parse JSON object"]);
  });
});
