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
import { type DiscordReceiver, openDiscordReceiver } from "../../test/receivers/discord.ts";
import { sendInput } from "../../test/send-input.ts";
import { testSinkDeps } from "../../test/sink-deps.ts";
import type { SendInput, SinkDeps } from "../sink-client.ts";
import { discordClient } from "./client.ts";
import type { DiscordSettings } from "./settings.ts";

let discord: DiscordReceiver;
let deps: SinkDeps;
beforeEach(async () => {
  discord = await openDiscordReceiver();
  deps = testSinkDeps({ vendors: discord.vendors });
});
afterEach(() => discord.close());

const send = (overrides: Partial<SendInput<DiscordSettings>> = {}, threadId?: string) =>
  discordClient.send(
    deps,
    sendInput({ url: discord.webhookUrl, ...(threadId === undefined ? {} : { threadId }) }, overrides),
  );
const refOf = (outcome: Awaited<ReturnType<typeof send>>) => (outcome.kind === "sent" ? outcome.ref : null);

describe("Discord", () => {
  test.each([undefined, "123456789012345679"])(
    "one message is edited as things change (thread %s)",
    async (threadId) => {
      const opened = await send({}, threadId);
      expect(refOf(opened)).toMatchObject({ messageId: discord.messages[0]?.id });
      const resolved = await send({ message: resolvedMessage(), thread: refOf(opened) }, threadId);
      expect(refOf(resolved)).toEqual(refOf(opened));
      expect(discord.messages).toMatchObject([{ edits: 1, content: "🟢 Weather API is up again" }]);
    },
  );

  test("what is worse is a second message, and what follows edits that one", async () => {
    const opened = refOf(await send({ message: degradedMessage() }, "123456789012345679"));
    const worse = refOf(await send({ message: worseMessage(), thread: opened }, "123456789012345679"));
    expect(discord.messages).toMatchObject([
      { edits: 0, content: expect.stringContaining("is degraded") },
      { edits: 0, content: expect.stringContaining("is down"), threadId: "123456789012345679" },
    ]);
    expect(worse).toMatchObject({ messageId: discord.messages[1]?.id });
    for (const message of [degradedMessage({ event: "incident.updated" }), resolvedMessage()]) {
      await send({ message, thread: worse }, "123456789012345679");
    }
    expect(discord.messages).toMatchObject([
      { edits: 0 },
      { edits: 2, content: "🟢 Weather API is up again" },
    ]);
  });

  test("a message that was deleted is told anew, and can be edited then", async () => {
    const opened = await send();
    discord.deleteMessages();
    const again = await send({ message: resolvedMessage(), thread: refOf(opened) });
    expect(again.kind).toBe("sent");
    expect(refOf(again)).not.toEqual(refOf(opened));
    expect(discord.messages.length).toBe(1);
  });

  test("a message of another webhook is left alone", async () => {
    await send({ thread: { webhookId: "1", messageId: "1" } });
    expect(discord.requests.map(({ method }) => method)).toEqual(["POST"]);
  });

  test("shows the code that proves the channel", async () => {
    await send({ message: verificationMessage("1234") });
    expect(discord.messages[0]?.content).toContain("Code: 1234");
  });

  test.each([
    ["is not there any more", () => discord.deleteWebhook(), "gone"],
    ["is not ours any more", () => discord.misbehaveAlways(401), "unauthorized"],
    ["may not post", () => discord.misbehaveAlways(403), "unauthorized"],
    [
      "lost its channel",
      () => discord.misbehaveAlways({ status: 400, body: '{"code":10003,"message":"Unknown Channel"}' }),
      "gone",
    ],
  ] as const)("a webhook that %s is dead at the first answer", async (_name, happen, reason) => {
    happen();
    expect(await send()).toMatchObject({ kind: "permanent", reason, isSinkDead: true });
    expect(discord.requests.length).toBe(1);
  });

  test("how long to wait stands in the body, with fractions", async () => {
    discord.misbehaveAlways({
      status: 429,
      headers: { "retry-after": "1" },
      body: '{"message":"You are being rate limited.","retry_after":1.337,"global":false}',
    });
    expect(await send()).toMatchObject({ kind: "retryable", reason: "rate_limited", retryAfterMs: 1_337 });
  });

  test.each([500, 502, "reset"] as const)("%s may pass", async (how) => {
    discord.misbehaveAlways(how);
    expect((await send()).kind).toBe("retryable");
  });

  test("a body that Discord does not take costs the message, not the sink", async () => {
    discord.misbehaveAlways({ status: 400, body: '{"code":50035,"message":"Invalid Form Body"}' });
    expect(await send()).toMatchObject({ kind: "permanent", reason: "invalid_payload", isSinkDead: false });
  });

  test.each(Object.entries(HOSTILE))(
    "the longest message of %s is taken, and mentions nobody",
    async (_name, text) => {
      const opened = await send({ message: hugeMessage(text) });
      expect(opened.kind).toBe("sent");
      expect((await send({ message: hugeMessage(text), thread: refOf(opened) })).kind).toBe("sent");
      for (const { body } of discord.requests) {
        expect(JSON.parse(body)).toMatchObject({ allowed_mentions: { parse: [] } });
      }
    },
  );

  test("a name is neither a mention nor a link nor formatting", async () => {
    for (const title of [HOSTILE.discordMentions, HOSTILE.markdown, HOSTILE.everyone]) {
      await send({ message: alertMessage({ title, summary: title }) });
    }
    for (const { content } of discord.messages) {
      expect(content).not.toMatch(/(?<!\\)[<>[\]*~|`]|@(?!\u200b)|:\/\//);
    }
  });

  test("asked in silence, says whether the webhook is there", async () => {
    expect(await discordClient.recheck?.(deps, { url: discord.webhookUrl })).toMatchObject({
      kind: "sent",
      ref: null,
    });
    discord.deleteWebhook();
    expect(await discordClient.recheck?.(deps, { url: discord.webhookUrl })).toMatchObject({
      isSinkDead: true,
    });
    expect(discord.messages).toEqual([]);
  });
});

describe("what the receiver refuses as Discord does", () => {
  const path = () => new URL(discord.webhookUrl).pathname.replace("/api/", "/api/v10/");
  const call = (method: string, target: string, body: unknown) =>
    fetch(`${discord.url}${target}`, {
      method,
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  test.each([
    ["nothing to say", {}],
    ["content of 2,001 characters", { content: "x".repeat(2_001) }],
    ["11 embeds", { embeds: Array(11).fill({ description: "x" }) }],
    ["a description of 4,097 characters", { embeds: [{ description: "x".repeat(4_097) }] }],
    ["26 fields", { embeds: [{ fields: Array(26).fill({ name: "x", value: "x" }) }] }],
    ["an empty field", { embeds: [{ fields: [{ name: "x", value: "" }] }] }],
    ["a value of 1,025 characters", { embeds: [{ fields: [{ name: "x", value: "x".repeat(1_025) }] }] }],
    [
      "6,001 characters in all",
      { embeds: [{ description: "x".repeat(4_000), footer: { text: "x".repeat(2_001) } }] },
    ],
  ])("%s", async (_name, body) => {
    const reply = await call("POST", path(), body);
    expect([reply.status, await reply.json()]).toEqual([400, { code: 50_035, message: "Invalid Form Body" }]);
  });

  test("another webhook, another token, another method, no JSON, a message that is not there", async () => {
    const good = { content: "x" };
    const codeOf = async (method: string, target: string, body: unknown = good) => {
      const reply = await call(method, target, body);
      return [reply.status, ((await reply.json()) as { code: number }).code];
    };
    expect(await codeOf("POST", path().replace(/\d{18}/, "999999999999999999"))).toEqual([404, 10_015]);
    expect(await codeOf("POST", `${path()}x`)).toEqual([401, 50_027]);
    expect(await codeOf("PUT", path())).toEqual([405, 0]);
    expect(await codeOf("POST", path(), "{")).toEqual([400, 50_109]);
    expect(await codeOf("PATCH", `${path()}/messages/1`)).toEqual([404, 10_008]);
  });
});
