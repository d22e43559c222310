import type { AlertMessage } from "@alivemcp/core/alert-message";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  alertMessage,
  HOSTILE,
  hugeMessage,
  resolvedMessage,
  verificationMessage,
} from "../../test/incident-messages.ts";
import { openPagerdutyReceiver, type PagerdutyReceiver } from "../../test/receivers/pagerduty.ts";
import { sendInput } from "../../test/send-input.ts";
import { testSinkDeps } from "../../test/sink-deps.ts";
import type { SinkDeps } from "../sink-client.ts";
import { pagerdutyClient } from "./client.ts";

let pagerduty: PagerdutyReceiver;
let deps: SinkDeps;
beforeEach(async () => {
  pagerduty = await openPagerdutyReceiver();
  deps = testSinkDeps({ vendors: pagerduty.vendors });
});
afterEach(() => pagerduty.close());

const send = (message?: AlertMessage) =>
  pagerdutyClient.send(
    deps,
    sendInput(
      { routingKey: pagerduty.routingKey, region: "us" as const },
      message === undefined ? {} : { message },
    ),
  );

describe("PagerDuty", () => {
  test("one incident is triggered, acknowledged and resolved under one dedup key", async () => {
    const opened = await send();
    const { dedupKey } = alertMessage();
    expect(opened).toMatchObject({ kind: "sent", answer: { status: 202 }, ref: { dedupKey } });
    expect(pagerduty.incidents).toMatchObject([{ dedupKey, status: "triggered", severity: "critical" }]);
    await send(alertMessage({ event: "incident.acknowledged", incident: { state: "acknowledged" } }));
    expect(pagerduty.incidents).toMatchObject([{ status: "acknowledged" }]);
    await send(resolvedMessage());
    expect(pagerduty.incidents).toMatchObject([{ status: "resolved" }]);
  });

  test("a trigger that is sent again joins the open incident", async () => {
    await send();
    await send();
    expect(pagerduty.incidents).toMatchObject([{ alerts: 2 }]);
  });

  test.each([
    ["P1", "critical"],
    ["P2", "warning"],
    ["P3", "info"],
  ] as const)("%s is %s there", async (severity, theirs) => {
    await send(alertMessage({ severity }));
    expect(pagerduty.incidents[0]?.severity).toBe(theirs);
  });

  test.each([
    ["drift", alertMessage({ event: "drift.detected", severity: "P3", incident: null })],
    ["a digest", alertMessage({ event: "digest", severity: null, incident: null, endpoint: null })],
    ["a small notice", alertMessage({ event: "notice", severity: null, incident: null })],
  ])("%s pages nobody", async (_name, message) => {
    expect((await send(message)).kind).toBe("sent");
    expect([pagerduty.incidents.length, pagerduty.changes.length]).toEqual([0, 1]);
  });

  test("a notice that stands for pages pages", async () => {
    await send(alertMessage({ event: "notice", severity: "P1", incident: null }));
    expect(pagerduty.incidents).toMatchObject([{ severity: "critical" }]);
  });

  test("the key of a ruleset gets drift as an alert of severity info", async () => {
    const ruleset = await openPagerdutyReceiver("R123456789abcdef0123456789abcdef");
    const settings = { routingKey: ruleset.routingKey, region: "eu" as const };
    const message = alertMessage({ event: "drift.detected", severity: "P3", incident: null });
    const outcome = await pagerdutyClient.send(
      testSinkDeps({ vendors: ruleset.vendors }),
      sendInput(settings, { message }),
    );
    await ruleset.close();
    expect(outcome.kind).toBe("sent");
    expect(ruleset.incidents).toMatchObject([{ severity: "info" }]);
  });

  test("the test event shows the code", async () => {
    await send(verificationMessage("1234-5678"));
    expect(pagerduty.incidents[0]).toMatchObject({ severity: "info" });
    expect(pagerduty.incidents[0]?.summary).toContain("1234-5678");
  });

  test("a key that was deleted kills the sink, and is not in what is shown", async () => {
    pagerduty.revoke();
    const outcome = await send();
    expect(outcome).toMatchObject({ kind: "permanent", reason: "unauthorized", isSinkDead: true });
    expect(JSON.stringify(outcome)).not.toContain(pagerduty.routingKey);
  });

  test("an event that PagerDuty does not take is lost without the sink", async () => {
    const body = JSON.stringify({
      status: "invalid event",
      message: "Event object is invalid",
      errors: ["x"],
    });
    pagerduty.misbehaveAlways({ status: 400, body });
    expect(await send()).toMatchObject({ kind: "permanent", reason: "invalid_payload", isSinkDead: false });
  });

  test.each([
    [429, "rate_limited"],
    [403, "rate_limited"],
    [500, "server_error"],
    [503, "server_error"],
    ["reset", "unreachable"],
  ] as const)("%s may pass", async (how, reason) => {
    pagerduty.misbehaveAlways(how);
    expect(await send()).toMatchObject({ kind: "retryable", reason });
  });

  test("what was triggered just before PagerDuty fell silent joins the same incident later", async () => {
    pagerduty.misbehave(502);
    expect((await send()).kind).toBe("retryable");
    expect((await send()).kind).toBe("sent");
    expect(pagerduty.incidents.length).toBe(1);
  });

  test.each(Object.entries(HOSTILE))("the longest message of %s is taken", async (_name, text) => {
    expect((await send(hugeMessage(text))).kind).toBe("sent");
  });
});

describe("what the receiver refuses as PagerDuty does", () => {
  const post = (body: unknown, path = "/v2/enqueue", type = "application/json") =>
    fetch(`${pagerduty.url}${path}`, {
      method: "POST",
      headers: { "content-type": type },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const routing_key = "0123456789abcdef0123456789abcdef";
  const payload = { summary: "x", source: "y", severity: "critical" };
  const good = { routing_key, event_action: "trigger", payload };

  test.each([
    ["no JSON", "{"],
    ["no routing key", { ...good, routing_key: undefined }],
    ["a routing key of another length", { ...good, routing_key: "x" }],
    ["somebody else's routing key", { ...good, routing_key: "f".repeat(32) }],
    ["an action nobody knows", { ...good, event_action: "page" }],
    ["no summary", { ...good, payload: { ...payload, summary: undefined } }],
    ["a summary of 1,025 characters", { ...good, payload: { ...payload, summary: "x".repeat(1_025) } }],
    ["no source", { ...good, payload: { ...payload, source: "" } }],
    ["a severity nobody knows", { ...good, payload: { ...payload, severity: "P1" } }],
    ["a dedup key of 256 characters", { ...good, dedup_key: "x".repeat(256) }],
    ["a resolve without a dedup key", { routing_key, event_action: "resolve" }],
    ["a link without an address", { ...good, links: [{ text: "x" }] }],
  ])("%s", async (_name, body) => {
    const reply = await post(body);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ status: "invalid event", errors: [expect.any(String)] });
  });

  test("another path, another content type, more than 512 KB", async () => {
    expect((await post(good, "/v1/enqueue")).status).toBe(404);
    expect((await post(good, undefined, "text/plain")).status).toBe(400);
    expect((await post({ ...good, client: "x".repeat(600_000) })).status).toBe(413);
  });

  test("an acknowledgement for a key that nothing is open under is accepted and dropped", async () => {
    expect((await post({ routing_key, event_action: "acknowledge", dedup_key: "nobody" })).status).toBe(202);
    expect(pagerduty.incidents).toEqual([]);
  });

  test("a trigger after resolve opens a new incident", async () => {
    for (const event_action of ["trigger", "resolve", "trigger"]) {
      await post({ ...good, event_action, dedup_key: "k" });
    }
    expect(pagerduty.incidents.map(({ status }) => status)).toEqual(["resolved", "triggered"]);
  });
});
