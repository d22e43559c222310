import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  alertMessage,
  HOSTILE,
  hugeMessage,
  resolvedMessage,
  verificationMessage,
} from "../../test/incident-messages.ts";
import { openTeamsReceiver, type TeamsReceiver } from "../../test/receivers/teams.ts";
import { sendInput } from "../../test/send-input.ts";
import { testSinkDeps } from "../../test/sink-deps.ts";
import type { SendInput, SinkDeps } from "../sink-client.ts";
import { teamsClient } from "./client.ts";
import { renderTeams, TEAMS_BYTES_MAX } from "./render.ts";
import type { TeamsSettings } from "./settings.ts";

let teams: TeamsReceiver;
let deps: SinkDeps;
beforeEach(async () => {
  teams = await openTeamsReceiver();
  deps = testSinkDeps({ vendors: teams.vendors });
});
afterEach(() => teams.close());

const send = (overrides: Partial<SendInput<TeamsSettings>> = {}) =>
  teamsClient.send(deps, sendInput({ url: teams.flowUrl }, overrides));

describe("Microsoft Teams", () => {
  test("posts a card for every change, and names none because Teams names none", async () => {
    expect(await send()).toMatchObject({ kind: "sent", answer: { status: 202 }, ref: null });
    await send({ message: resolvedMessage() });
    expect(teams.cards.map((card) => card.includes("up again"))).toEqual([false, true]);
  });

  test("shows the code that proves the channel", async () => {
    await send({ message: verificationMessage("1234-5678") });
    expect(teams.cards[0]).toContain("1234-5678");
  });

  test.each([
    ["was deleted", () => teams.deleteFlow(), "gone"],
    ["was switched off", () => teams.disableFlow(), "gone"],
    ["has another signature", () => teams.misbehaveAlways(401), "unauthorized"],
    ["is gone for good", () => teams.misbehaveAlways(410), "gone"],
  ] as const)("a flow that %s is dead", async (_name, happen, reason) => {
    happen();
    expect(await send()).toMatchObject({ kind: "permanent", reason, isSinkDead: true });
  });

  test("the signature of the URL is not in what is shown of an answer", async () => {
    teams.misbehaveAlways({ status: 500, body: `cannot run ${teams.flowUrl}` });
    expect((await send()).answer.text).not.toContain("TestSignature");
  });

  test.each([
    [400, "invalid_payload"],
    [413, "too_large"],
  ] as const)("%i costs the message, not the sink", async (status, reason) => {
    teams.misbehaveAlways(status);
    expect(await send()).toMatchObject({ kind: "permanent", reason, isSinkDead: false });
  });

  test.each([429, 500, 504, "reset"] as const)("%s may pass", async (how) => {
    teams.misbehaveAlways(how);
    expect((await send()).kind).toBe("retryable");
  });

  test("a flow's own host is asked, through the guarded dial, when no other is named", async () => {
    const asked: URL[] = [];
    const guarded: SinkDeps = {
      ...testSinkDeps(),
      fetch: ({ url }) => {
        asked.push(url);
        return Promise.resolve({
          kind: "failed",
          detail: "target_forbidden",
          isSent: false,
          isForbidden: true,
        });
      },
    };
    const outcome = await teamsClient.send(guarded, sendInput({ url: teams.flowUrl }));
    expect(asked.map(({ hostname }) => hostname)).toEqual(["prod-12.westeurope.logic.azure.com"]);
    expect(outcome).toMatchObject({ kind: "permanent", reason: "target_forbidden", isSinkDead: true });
  });

  test.each(Object.entries(HOSTILE))(
    "the longest message of %s is taken, in at most 20,000 bytes",
    async (_name, text) => {
      expect((await send({ message: hugeMessage(text) })).kind).toBe("sent");
      expect(Buffer.byteLength(teams.requests[0]?.body ?? "")).toBeLessThanOrEqual(TEAMS_BYTES_MAX);
    },
  );

  test("strangers' text stands where Teams reads no Markdown", () => {
    const card = renderTeams(alertMessage({ title: HOSTILE.markdown, summary: HOSTILE.markdown }));
    for (const { type } of card.attachments[0].content.body) {
      expect(type).toBe("RichTextBlock");
    }
  });
});

describe("what the receiver refuses as Teams does", () => {
  const post = (
    body: unknown,
    search = new URL(teams.flowUrl).search,
    path = new URL(teams.flowUrl).pathname,
  ) =>
    fetch(`${teams.url}${path}${search}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const cardOf = (content: object) => ({
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", content }],
  });
  const good = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [{ type: "TextBlock", text: "x" }],
  };

  test.each([
    ["plain text", { text: "x" }, 400],
    ["another card type", cardOf({ ...good, type: "MessageCard" }), 400],
    ["a version that Teams does not know", cardOf({ ...good, version: "2.0" }), 400],
    ["an element that Teams does not know", cardOf({ ...good, body: [{ type: "Marquee", text: "x" }] }), 400],
    [
      "a button without an address",
      cardOf({ ...good, actions: [{ type: "Action.OpenUrl", title: "x" }] }),
      400,
    ],
    ["more than 28 KB", cardOf({ ...good, fallbackText: "x".repeat(29_000) }), 413],
  ])("%s", async (_name, body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  test("another signature, another flow", async () => {
    expect((await post(cardOf(good), "?sig=other")).status).toBe(401);
    expect((await post(cardOf(good), undefined, "/workflows/0/triggers/manual/paths/invoke")).status).toBe(
      404,
    );
    expect((await post(cardOf(good))).status).toBe(202);
  });
});
