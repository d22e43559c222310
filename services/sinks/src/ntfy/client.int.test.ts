import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HOSTILE, hugeMessage, resolvedMessage, verificationMessage } from "../../test/incident-messages.ts";
import { type NtfyReceiver, openNtfyReceiver } from "../../test/receivers/ntfy.ts";
import { sendInput } from "../../test/send-input.ts";
import { testSinkDeps } from "../../test/sink-deps.ts";
import type { SendInput, SinkDeps } from "../sink-client.ts";
import { ntfyClient } from "./client.ts";
import type { NtfySettings } from "./settings.ts";

let ntfy: NtfyReceiver;
let deps: SinkDeps;
beforeEach(async () => {
  ntfy = await openNtfyReceiver();
  deps = testSinkDeps();
});
afterEach(() => ntfy.close());

const send = (overrides: Partial<SendInput<NtfySettings>> = {}, settings: Partial<NtfySettings> = {}) =>
  ntfyClient.send(deps, sendInput({ server: ntfy.url, topic: ntfy.topic, ...settings }, overrides));

describe("ntfy", () => {
  test("rings for an outage, and is plain for its end", async () => {
    expect(await send()).toMatchObject({ kind: "sent", ref: null });
    await send({ message: resolvedMessage() });
    expect(ntfy.messages).toMatchObject([
      { topic: ntfy.topic, title: "Weather API is down", priority: 5 },
      { title: "Weather API is up again", priority: 3 },
    ]);
  });

  test("shows the code that proves the topic", async () => {
    await send({ message: verificationMessage("1234-5678") });
    expect(ntfy.messages[0]?.message).toContain("Code: 1234-5678");
  });

  test("a protected topic takes the token, and kills the sink without one", async () => {
    ntfy.protect();
    expect((await send({}, { token: ntfy.token })).kind).toBe("sent");
    expect(await send()).toMatchObject({ kind: "permanent", reason: "unauthorized", isSinkDead: true });
    const wrong = await send({}, { token: "tk_00000000000000000000000000000" });
    expect(wrong).toMatchObject({ kind: "permanent", reason: "unauthorized", isSinkDead: true });
  });

  test("the topic is not in what is shown of an answer", async () => {
    const outcome = await send();
    expect(JSON.stringify(outcome)).not.toContain(ntfy.topic);
  });

  test("a server on a private address is refused, and the sink with it", async () => {
    const closed = testSinkDeps({ allowCidrs: [] });
    const outcome = await ntfyClient.send(closed, sendInput({ server: ntfy.url, topic: "a" }));
    expect(outcome).toMatchObject({ kind: "permanent", reason: "target_forbidden", isSinkDead: true });
    expect(ntfy.requests).toEqual([]);
  });

  test("a quota that is used up is waited out", async () => {
    ntfy.misbehaveAlways({ status: 429, headers: { "retry-after": "60" } });
    expect(await send()).toMatchObject({ kind: "retryable", reason: "rate_limited", retryAfterMs: 60_000 });
  });

  test.each([500, 507, "reset"] as const)("%s may pass", async (how) => {
    ntfy.misbehaveAlways(how);
    expect((await send()).kind).toBe("retryable");
  });

  test("a redirect is not followed", async () => {
    ntfy.misbehaveAlways({ status: 307, headers: { location: "http://127.0.0.1:1/" } });
    expect(await send()).toMatchObject({ kind: "permanent", reason: "redirected" });
    expect(ntfy.requests.length).toBe(1);
  });

  test.each(Object.entries(HOSTILE))("the longest message of %s is taken", async (_name, text) => {
    expect((await send({ message: hugeMessage(text) })).kind).toBe("sent");
  });
});

describe("what the receiver refuses as ntfy does", () => {
  const post = (body: unknown, path = "/", headers: Record<string, string> = {}) =>
    fetch(`${ntfy.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });

  test.each([
    ["no topic", { message: "x" }, 400],
    ["a topic with a slash", { topic: "a/b" }, 400],
    ["priority 6", { topic: "a", priority: 6 }, 400],
    ["four actions", { topic: "a", actions: Array(4).fill({ action: "view", label: "x" }) }, 400],
    ["a click that is no URL", { topic: "a", click: "x" }, 400],
    ["4,097 bytes", { topic: "a", message: "ä".repeat(2_049) }, 413],
  ])("%s", async (_name, body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  test("another path, another token", async () => {
    expect((await post({ topic: "a" }, "/v1/nope")).status).toBe(404);
    expect((await post({ topic: "a" }, "/", { authorization: "Bearer x" })).status).toBe(401);
  });
});
