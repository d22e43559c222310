/** The contract of Standard Webhooks against a receiver that verifies with the specification's own library. */
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testMessage } from "../../test/alert-message.ts";
import { openWebhookReceiver, type WebhookReceiver } from "../../test/receivers/webhook-receiver.ts";
import { testSinkDeps } from "../../test/sink-deps.ts";
import type { SendInput } from "../sink-client.ts";
import { webhookClient } from "./client.ts";
import { makeWebhookSecret } from "./secret.ts";
import { ROTATION_MS, shownWebhook, type WebhookSettings, webhookSettings } from "./settings.ts";

const secret = makeWebhookSecret();
const deliveryId = "0b9f5c0e-1111-4c39-9a9c-51b1a2a7f0aa";
let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await openWebhookReceiver({ secret, echoesChallenge: true });
});
afterEach(() => receiver.close());

const send = (changes: Partial<SendInput<WebhookSettings>> = {}, deps = testSinkDeps()) =>
  webhookClient.send(deps, {
    sinkId: "s",
    settings: { url: `${receiver.url}/hook?key=abc`, secret },
    message: testMessage(),
    deliveryId,
    thread: null,
    ...changes,
  });

test("an event arrives signed, in the documented shape, and again with the same id", async () => {
  expect(await send()).toMatchObject({ kind: "sent", answer: { status: 204 }, ref: null });
  await send();
  expect(receiver.refused).toEqual([]);
  expect(receiver.events.map(({ id }) => id)).toEqual([deliveryId, deliveryId]);
  expect(receiver.requests[0]).toMatchObject({ method: "POST", path: "/hook?key=abc" });
  expect(receiver.requests[0]?.headers["user-agent"]).toMatch(/^AliveMCP\//);
  const { atMs: _received, ...event } = receiver.events[0] ?? { atMs: 0 };
  expect(event).toEqual({
    id: deliveryId,
    type: "incident.opened",
    timestamp: "2026-11-21T10:00:00.000Z",
    data: {
      v: 1,
      dedup_key: testMessage().dedupKey,
      severity: "P1",
      title: "Weather API is down",
      summary: "The connection is refused from Ashburn and London since 09:58 UTC.",
      is_test: false,
      is_worse: false,
      endpoint: { slug: "weather-api", name: "Weather API", group: "Core", tags: ["prod", "eu"] },
      incident: {
        id: testMessage().dedupKey,
        state: "open",
        started_at: "2026-11-21T09:58:00.000Z",
        resolved_at: null,
        failure_reason: "connection_refused",
        causes: ["down"],
        regions: ["Ashburn", "London"],
        is_flapping: false,
        update: null,
        endpoints_together: 1,
      },
      facts: testMessage().facts,
      links: testMessage().links,
      entries: [],
      entries_left_out: 0,
    },
  });
});

describe("a secret that is being replaced", () => {
  const newer = makeWebhookSecret();
  const nowMs = Date.now();
  const rotated = (rotatedAtMs: number) => ({
    settings: {
      url: receiver.url,
      secret: newer,
      retired: [{ secret, signsUntilMs: rotatedAtMs + ROTATION_MS }],
    },
  });

  test("signs beside the one before for a day, so that receivers of either accept", async () => {
    await send(rotated(nowMs - ROTATION_MS + 60_000));
    const other = await openWebhookReceiver({ secret: newer });
    await send({ settings: { ...rotated(nowMs).settings, url: other.url } });
    expect([receiver.refused, other.refused]).toEqual([[], []]);
    await other.close();
  });

  test("signs alone after that", async () => {
    expect(await send(rotated(nowMs - ROTATION_MS - 1))).toMatchObject({
      kind: "retryable",
      reason: "refused",
    });
    expect(receiver.refused).toEqual(["No matching signature found"]);
  });
});

describe("a receiver that is asked to prove itself", () => {
  const message = testMessage({
    event: "verification",
    severity: null,
    incident: null,
    endpoint: null,
    proof: { code: "challenge-1234", url: null },
  });

  test("has done so when it gives the challenge back", async () => {
    expect(await send({ message })).toMatchObject({ kind: "sent", isProven: true });
    expect(receiver.events[0]).toMatchObject({
      type: "endpoint.verification",
      data: { challenge: "challenge-1234" },
    });
  });

  test.each([
    ["nothing", ""],
    ["another challenge", '{"challenge":"challenge-12345"}'],
    ["no JSON", "challenge-1234"],
    ["null", "null"],
    ["the challenge elsewhere", '{"data":{"challenge":"challenge-1234"}}'],
  ])("has not when it answers 200 with %s", async (_name, body) => {
    receiver.misbehave({ status: 200, body });
    expect(await send({ message })).not.toHaveProperty("isProven");
  });

  test("has not when it gives it back with an error", async () => {
    receiver.misbehave({ status: 500, body: '{"challenge":"challenge-1234"}' });
    expect(await send({ message })).toMatchObject({ kind: "retryable" });
  });
});

describe("an answer is judged", () => {
  test.each([
    [200, { kind: "sent" }],
    [202, { kind: "sent" }],
    [301, { kind: "retryable", reason: "redirected" }],
    [400, { kind: "retryable", reason: "refused" }],
    [401, { kind: "retryable", reason: "refused" }],
    [404, { kind: "retryable", reason: "refused" }],
    [410, { kind: "permanent", reason: "gone", isSinkDead: true }],
    [429, { kind: "retryable", reason: "rate_limited", retryAfterMs: 7_000 }],
    [500, { kind: "retryable", reason: "server_error" }],
    [503, { kind: "retryable", reason: "server_error", retryAfterMs: 7_000 }],
  ] as const)("%d: %o", async (status, outcome) => {
    receiver.misbehave({ status, headers: { "retry-after": "7", location: "http://127.0.0.1:9/" } });
    expect(await send()).toMatchObject({ ...outcome, answer: { status } });
    expect(receiver.requests).toHaveLength(1);
  });

  test("200 with an error in its body is accepted: only the status speaks", async () => {
    receiver.misbehave({ status: 200, body: '{"error":"no"}' });
    expect(await send()).toMatchObject({ kind: "sent", answer: { text: '{"error":"no"}' } });
  });

  test.each(["huge", "endless"] as const)("%s: accepted, and not read to its end", async (how) => {
    receiver.misbehave(how);
    const startedMs = performance.now();
    const outcome = await send();
    expect(outcome).toMatchObject({ kind: "sent", answer: { status: 200 } });
    expect(outcome.answer.text?.length ?? 0).toBeLessThanOrEqual(300);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  test("a connection that is closed is tried again", async () => {
    receiver.misbehave("reset");
    expect(await send()).toMatchObject({ kind: "retryable", answer: { status: null } });
  });

  test("nobody there is tried again", async () => {
    await receiver.down();
    expect(await send()).toMatchObject({ kind: "retryable", answer: { status: null } });
    await receiver.up();
  });

  test("no answer at all ends after 15 seconds and is tried again", async () => {
    receiver.misbehave("hang");
    const startedMs = performance.now();
    expect(await send()).toMatchObject({ kind: "retryable", answer: { status: null, text: null } });
    expect(performance.now() - startedMs).toBeLessThan(17_000);
  }, 20_000);

  test("an address that nobody may dial is refused for good, without a request", async () => {
    const outcome = await send({}, testSinkDeps({ allowCidrs: [] }));
    expect(outcome).toMatchObject({ kind: "permanent", reason: "target_forbidden", isSinkDead: true });
    expect(receiver.requests).toEqual([]);
  });

  test("what it echoes of the request is kept without the secret and the URL", async () => {
    receiver.misbehave({ status: 500, body: `bad ${secret} at ${receiver.url}/hook?key=abc` });
    expect((await send()).answer.text).toBe("bad [redacted] at [redacted]");
  });
});

test("the largest message stays under 20 KB; what did not fit is counted", async () => {
  const wide = "世".repeat(200);
  const entries = Array.from({ length: 50 }, (_, n) => ({
    title: wide,
    atMs: n,
    url: `https://app.example/${"x".repeat(1_500)}`,
  }));
  const facts = Array.from({ length: 10 }, () => ({ label: "Fact", value: "世".repeat(300) }));
  const links = Array.from({ length: 6 }, () => ({
    label: "Link",
    url: `https://a.example/${"y".repeat(2_000)}`,
  }));
  await send({ message: testMessage({ entries, facts, links, entriesLeftOut: 3 }) });
  expect(receiver.refused).toEqual([]);
  const { entries: kept, entries_left_out: leftOut } = receiver.events[0]?.data ?? {};
  expect((kept as unknown[]).length + Number(leftOut)).toBe(53);
});

describe("settings", () => {
  const key = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString("base64")}`;
  test.each([
    ["a URL with a password", { url: "https://a:b@example.com/", secret }],
    ["another scheme", { url: "file:///etc/passwd", secret }],
    ["no URL", { url: "example.com", secret }],
    ["a secret without its prefix", { url: "https://example.com", secret: secret.slice(6) }],
    ["a key of 23 bytes", { url: "https://example.com", secret: key(23) }],
    ["a key of 65 bytes", { url: "https://example.com", secret: key(65) }],
    ["no base64", { url: "https://example.com", secret: `whsec_${"!".repeat(40)}` }],
  ])("with %s are refused", (_name, settings) => {
    expect(webhookSettings.safeParse(settings).success).toBe(false);
  });

  test.each([24, 64])("with a key of %d bytes are taken", (bytes) => {
    expect(webhookSettings.safeParse({ url: "https://example.com", secret: key(bytes) }).success).toBe(true);
  });

  test("show the host and nothing else", () => {
    expect(shownWebhook({ url: "https://hooks.example.com:8443/t/secret-path?key=1", secret })).toBe(
      "hooks.example.com:8443",
    );
  });
});

test("the receiver of these tests refuses what the specification refuses", async () => {
  const post = (headers: Record<string, string>, body: string) =>
    fetch(receiver.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
  const id = "msg_1";
  const now = Math.floor(Date.now() / 1_000);
  const sign = (at: number, body: string) =>
    `v1,${createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
      .update(`${id}.${at}.${body}`)
      .digest("base64")}`;
  const headersOf = (at: number, body: string) => ({
    "webhook-id": id,
    "webhook-timestamp": String(at),
    "webhook-signature": sign(at, body),
  });
  const good = JSON.stringify({ type: "test", timestamp: new Date().toISOString(), data: {} });
  expect((await post(headersOf(now, good), good)).status).toBe(204);
  const large = JSON.stringify({
    type: "test",
    timestamp: new Date().toISOString(),
    data: { a: "x".repeat(20_000) },
  });
  const flat = JSON.stringify({ type: "test", timestamp: "now", data: {} });
  const refusedOnes: readonly [Record<string, string>, string][] = [
    [headersOf(now, good), `${good} `],
    [headersOf(now - 400, good), good],
    [{ ...headersOf(now, good), "webhook-id": "other" }, good],
    [{ ...headersOf(now, good), "webhook-id": "with.dot" }, good],
    [{ ...headersOf(now, good), "content-type": "text/plain" }, good],
    [headersOf(now, large), large],
    [headersOf(now, flat), flat],
  ];
  for (const [headers, body] of refusedOnes) {
    expect((await post(headers, body)).status).toBe(400);
  }
});
