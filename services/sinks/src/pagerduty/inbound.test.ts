import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readPagerdutyEvent, verifyPagerdutySignature } from "./inbound.ts";

const SECRET = "a-secret-that-pagerduty-showed-once";
const body = (event: object) =>
  JSON.stringify({
    event: {
      id: "5ac64822-4adc-4fda-ade0-410becf0de4f",
      event_type: "incident.acknowledged",
      resource_type: "incident",
      occurred_at: "2026-11-21T13:00:00.123Z",
      agent: { id: "PUSER01", summary: "Ada Lovelace", type: "user_reference" },
      data: { id: "PINC001", type: "incident", incident_key: "our-incident" },
      ...event,
    },
  });
const sign = (text: string, secret = SECRET) =>
  `v1=${createHmac("sha256", secret).update(text).digest("hex")}`;

describe("a webhook of PagerDuty", () => {
  const raw = body({});

  test.each([
    ["its signature", sign(raw), true],
    ["its signature among those of other secrets", `${sign(raw, "older")}, ${sign(raw)}`, true],
    ["the signature of another secret", sign(raw, "other"), false],
    ["the signature of another body", sign(`${raw} `), false],
    ["a signature of another version", sign(raw).replace("v1=", "v0="), false],
    ["half a signature", sign(raw).slice(0, 20), false],
    ["a signature behind ten others", `${"v1=00,".repeat(10)}${sign(raw)}`, false],
    ["an empty signature", "", false],
    ["no signature", null, false],
  ])("with %s is believed: %s", (_name, header, isBelieved) => {
    expect(verifyPagerdutySignature(header, SECRET, raw)).toBe(isBelieved);
  });

  test.each([
    ["incident.acknowledged", "acknowledged"],
    ["incident.unacknowledged", "unacknowledged"],
    ["incident.resolved", "resolved"],
  ])("%s says that our incident was %s, when and by whom", (event_type, action) => {
    expect(readPagerdutyEvent(body({ event_type }))).toEqual({
      eventId: "5ac64822-4adc-4fda-ade0-410becf0de4f",
      action,
      dedupKey: "our-incident",
      atMs: Date.parse("2026-11-21T13:00:00.123Z"),
      actor: "Ada Lovelace",
    });
  });

  test("by a machine is by PagerDuty", () => {
    expect(readPagerdutyEvent(body({ agent: null }))?.actor).toBe("PagerDuty");
  });

  test.each([
    [
      "a test of the webhook",
      body({ event_type: "pagey.ping", data: { message: "Hello from your friend Pagey!" } }),
    ],
    ["another event", body({ event_type: "incident.escalated" })],
    ["an incident without a key", body({ data: { id: "PINC001", incident_key: null } })],
    ["a time that is none", body({ occurred_at: "soon" })],
    ["no JSON", "{"],
    ["no event", "null"],
  ])("%s is nothing to us", (_name, text) => {
    expect(readPagerdutyEvent(text)).toBeNull();
  });
});
