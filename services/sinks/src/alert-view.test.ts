import { describe, expect, test } from "vitest";
import { alertMessage, HOSTILE, hugeMessage, resolvedMessage, T0_MS } from "../test/incident-messages.ts";
import { alertView, shownDuration, utcMinute } from "./alert-view.ts";

const labels = (message: Parameters<typeof alertView>[0]) =>
  Object.fromEntries(alertView(message).fields.map(({ label, value }) => [label, value]));

describe("what every channel shows", () => {
  test("of an open incident: how bad, of what, since when, why, seen from where", () => {
    expect(labels(alertMessage())).toMatchObject({
      Severity: "P1",
      Endpoint: "Weather API",
      Since: "2026-11-21 13:00 UTC",
      State: "Open",
      "So far": "2 min",
      Reason: "connection refused",
      "Seen from": "Ashburn, London",
    });
  });

  test("of a resolved one: when it ended and how long it lasted, not how long it has lasted so far", () => {
    const shown = labels(resolvedMessage());
    expect(shown).toMatchObject({ Resolved: "2026-11-21 13:07 UTC", Lasted: "7 min" });
    expect(shown).not.toHaveProperty("So far");
    expect(shown).not.toHaveProperty("State");
  });

  test("says what fails together, what flaps, and what the owner told the public", () => {
    const message = alertMessage({
      incident: {
        isFlapping: true,
        endpointsTogether: 12,
        update: { stage: "identified", body: "A bad deploy." },
      },
    });
    expect(labels(message)).toMatchObject({
      Flapping: "It goes up and down",
      "Failed together": "12 endpoints",
    });
    expect(alertView(message).update).toEqual({ stage: "Identified", body: "A bad deploy." });
  });

  test.each([
    ["P1", alertMessage(), "down"],
    ["P2", alertMessage({ severity: "P2" }), "degraded"],
    ["P3", alertMessage({ severity: "P3", incident: null, event: "drift.detected" }), "info"],
    ["recovery from P1", resolvedMessage(), "good"],
    ["a test", alertMessage({ severity: null, incident: null, event: "test" }), "info"],
    [
      "an acknowledged P1",
      alertMessage({ event: "incident.acknowledged", incident: { state: "acknowledged" } }),
      "down",
    ],
  ] as const)("%s has its tone", (_name, message, tone) => {
    expect(alertView(message).tone).toBe(tone);
  });

  test("a test says so before anything else", () => {
    expect(alertView(alertMessage({ isTest: true })).headline).toBe("TEST: Weather API is down");
  });

  test("nothing of strangers holds control characters, changes of direction or line breaks", () => {
    const { links: _links, ...texts } = alertView(hugeMessage(HOSTILE.controls));
    const said = Object.values(texts).flatMap((part) =>
      typeof part === "string" ? [part] : [JSON.stringify(part)],
    );
    for (const text of said) {
      expect(text).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]|\\u00|\\n/u);
    }
  });
});

test.each([
  [0, "0 s"],
  [119_000, "119 s"],
  [120_000, "2 min"],
  [119 * 60_000, "119 min"],
  [125 * 60_000, "2 h 5 min"],
  [51 * 3_600_000, "2 d 3 h"],
  [-5_000, "0 s"],
])("%i ms is %s", (ms, shown) => {
  expect(shownDuration(ms)).toBe(shown);
});

test("an instant is shown to the minute, in UTC", () => {
  expect(utcMinute(T0_MS + 59_999)).toBe("2026-11-21 13:00 UTC");
});
