import type { AlertMessage } from "@alivemcp/core/alert-message";
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
import { type JsmReceiver, openJsmReceiver } from "../../test/receivers/jsm.ts";
import { sendInput } from "../../test/send-input.ts";
import { testSinkDeps } from "../../test/sink-deps.ts";
import type { SinkDeps, SinkRef } from "../sink-client.ts";
import { jsmClient } from "./client.ts";
import type { JsmSettings } from "./settings.ts";

let jsm: JsmReceiver;
let deps: SinkDeps;
beforeEach(async () => {
  jsm = await openJsmReceiver();
  deps = testSinkDeps({ vendors: jsm.vendors });
});
afterEach(() => jsm.close());

const send = (message: AlertMessage, thread: SinkRef | null = null, base: JsmSettings["base"] = "jsm") =>
  jsmClient.send(deps, sendInput({ apiKey: jsm.apiKey, base }, { message, thread }));
const refOf = (outcome: Awaited<ReturnType<typeof send>>) => (outcome.kind === "sent" ? outcome.ref : null);
const { dedupKey: alias } = alertMessage();

describe.each(["jsm", "opsgenie", "opsgenie-eu"] as const)("alerts of %s", (base) => {
  test("one is created, acknowledged and closed under one alias", async () => {
    const opened = await send(alertMessage(), null, base);
    expect(opened).toMatchObject({ kind: "sent", answer: { status: 202 }, ref: { alias } });
    expect(jsm.alerts).toMatchObject([{ alias, priority: "P1", status: "open" }]);
    const acknowledged = alertMessage({
      event: "incident.acknowledged",
      incident: { state: "acknowledged" },
    });
    await send(acknowledged, { alias }, base);
    expect(jsm.alerts).toMatchObject([{ status: "acknowledged" }]);
    await send(resolvedMessage(), { alias }, base);
    expect(jsm.alerts).toMatchObject([{ status: "closed", count: 1 }]);
    expect(jsm.requests.every(({ path }) => path.includes("/jsm/") === (base === "jsm"))).toBe(true);
  });

  test("what is worse is a new alert of higher priority in the place of the earlier one, and what follows is told there", async () => {
    const opened = refOf(await send(degradedMessage(), null, base));
    const worse = refOf(await send(worseMessage(), opened, base));
    expect(jsm.alerts).toMatchObject([
      { alias, priority: "P3", status: "closed" },
      { alias: worse?.alias, priority: "P1", status: "open", count: 1, notes: [] },
    ]);
    await send(degradedMessage({ event: "incident.updated" }), worse, base);
    expect(jsm.alerts.map(({ status, notes }) => [status, notes.length])).toEqual([
      ["closed", 1],
      ["open", 1],
    ]);
    await send(resolvedMessage(), worse, base);
    expect(jsm.alerts.map(({ status }) => status)).toEqual(["closed", "closed"]);
  });
});

describe("Jira Service Management", () => {
  test("the new alert is open before the earlier one is closed, and a second try makes no other", async () => {
    const opened = refOf(await send(degradedMessage()));
    const worse = refOf(await send(worseMessage(), opened));
    expect(jsm.requests.map(({ path }) => path.split("/v2/alerts")[1])).toEqual([
      "",
      "",
      `/${alias}/close?identifierType=alias`,
    ]);
    await send(worseMessage(), opened);
    await send(worseMessage(), worse);
    expect(jsm.alerts).toMatchObject([{ status: "closed" }, { status: "open", count: 3 }]);
  });

  test("what is worse is tried again until the earlier alert is closed", async () => {
    const opened = refOf(await send(degradedMessage()));
    const worse = sendInput({ apiKey: jsm.apiKey, base: "jsm" } as const, {
      message: worseMessage(),
      thread: opened,
    });
    const fetch: SinkDeps["fetch"] = (request) => {
      if (request.url.pathname.endsWith("/close")) {
        jsm.misbehave(503);
      }
      return deps.fetch(request);
    };
    expect(await jsmClient.send({ ...deps, fetch }, worse)).toMatchObject({
      kind: "retryable",
      reason: "server_error",
    });
    expect(jsm.alerts).toMatchObject([{ status: "open" }, { status: "open" }]);
    expect((await jsmClient.send(deps, worse)).kind).toBe("sent");
    expect(jsm.alerts).toMatchObject([{ status: "closed" }, { status: "open" }]);
  });

  test("an alert that is created again is counted, not doubled", async () => {
    await send(alertMessage());
    await send(alertMessage());
    expect(jsm.alerts).toMatchObject([{ count: 2 }]);
  });

  test("what changes is a note on the alert; where the alert was never told, it is told now", async () => {
    const update = alertMessage({
      event: "incident.updated",
      incident: { update: { stage: "identified", body: "A bad deploy." } },
    });
    await send(update);
    expect(jsm.alerts).toMatchObject([{ status: "open", notes: [] }]);
    await send(update, { alias });
    expect(jsm.alerts[0]?.notes).toEqual([expect.stringContaining("Identified: A bad deploy.")]);
  });

  test.each([
    ["P1", "P1"],
    ["P2", "P3"],
    ["P3", "P5"],
  ] as const)("%s is %s there", async (severity, priority) => {
    await send(alertMessage({ severity }));
    expect(jsm.alerts[0]?.priority).toBe(priority);
  });

  test("the test alert shows the code and wakes nobody", async () => {
    await send(verificationMessage("1234-5678"));
    expect(jsm.alerts).toMatchObject([{ priority: "P5", message: expect.stringContaining("1234-5678") }]);
  });

  test("a name cannot bring HTML into a description", async () => {
    await send(alertMessage({ summary: HOSTILE.html }));
    expect(jsm.alerts[0]?.description).not.toMatch(/[<>]/);
  });

  test("a key that was taken away kills the sink, and is not in what is shown", async () => {
    jsm.revoke();
    const outcome = await send(alertMessage());
    expect(outcome).toMatchObject({ kind: "permanent", reason: "unauthorized", isSinkDead: true });
    expect(JSON.stringify(outcome)).not.toContain(jsm.apiKey);
  });

  test("throttling is waited out as long as its header says", async () => {
    jsm.misbehaveAlways({
      status: 429,
      headers: { "x-ratelimit-state": "THROTTLED", "x-ratelimit-period-in-sec": "60" },
    });
    expect(await send(alertMessage())).toMatchObject({
      kind: "retryable",
      reason: "rate_limited",
      retryAfterMs: 60_000,
    });
  });

  test.each([500, 503, "reset"] as const)("%s may pass", async (how) => {
    jsm.misbehaveAlways(how);
    expect((await send(alertMessage())).kind).toBe("retryable");
  });

  test.each([400, 422])("%i costs the message, not the sink", async (status) => {
    jsm.misbehaveAlways(status);
    expect(await send(alertMessage())).toMatchObject({ kind: "permanent", isSinkDead: false });
  });

  test.each(Object.entries(HOSTILE))("the longest message of %s is taken", async (_name, text) => {
    expect((await send(hugeMessage(text))).kind).toBe("sent");
    expect((await send(hugeMessage(text), { alias })).kind).toBe("sent");
  });
});

describe("what the receiver refuses as Jira Service Management does", () => {
  const post = (body: unknown, headers: object = {}, path = "/jsm/ops/integration/v2/alerts") =>
    fetch(`${jsm.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `GenieKey ${jsm.apiKey}`, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  test.each([
    ["no message", {}],
    ["a message of 131 characters", { message: "x".repeat(131) }],
    ["an alias of 513 characters", { message: "x", alias: "x".repeat(513) }],
    ["a description of 15,001 characters", { message: "x", description: "x".repeat(15_001) }],
    ["a priority nobody knows", { message: "x", priority: "P6" }],
    ["21 tags", { message: "x", tags: Array(21).fill("t") }],
    ["details of 8,001 characters", { message: "x", details: { a: "x".repeat(8_000) } }],
    ["a source of 101 characters", { message: "x", source: "x".repeat(101) }],
    ["a member nobody knows", { message: "x", severity: "high" }],
  ])("%s", async (_name, body) => {
    expect((await post(body)).status).toBe(422);
  });

  test("another path, no key, another scheme, somebody else's key, no JSON, a note without text", async () => {
    const good = { message: "x" };
    expect((await post(good, {}, "/v1/alerts")).status).toBe(404);
    expect((await post(good, { authorization: "" })).status).toBe(401);
    expect((await post(good, { authorization: `Bearer ${jsm.apiKey}` })).status).toBe(401);
    expect((await post(good, { authorization: "GenieKey other" })).status).toBe(401);
    expect((await post("{")).status).toBe(400);
    expect((await post({}, {}, "/v2/alerts/a/notes?identifierType=alias")).status).toBe(422);
  });

  test("closing what is not open is accepted and changes nothing", async () => {
    expect((await post({}, {}, "/v2/alerts/a/close?identifierType=alias")).status).toBe(202);
    expect(jsm.alerts).toEqual([]);
  });
});
