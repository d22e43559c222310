import { expect, test } from "vitest";
import { deadlineAtMsOf, decideDeliveryEscalation, isPage, paceOf } from "./delivery-promise.ts";

const MINUTE_MS = 60_000;
const t0 = Date.UTC(2026, 10, 21, 3);

test.each([
  ["incident.opened", "slack", "page", 60],
  ["incident.opened", "email", "page", 60],
  ["incident.resolved", "pagerduty", "page", 60],
  ["incident.opened", "webhook", "webhook", 24 * 60],
  ["digest", "webhook", "webhook", 24 * 60],
  ["digest", "email", "digest", 24 * 60],
  ["drift.detected", "discord", "page", 60],
  ["test", "webhook", "trial", 15],
  ["verification", "email", "trial", 15],
] as const)("%s to %s is a %s, worth delivering for %i min", (event, kind, pace, minutes) => {
  expect(paceOf(event, kind)).toBe(pace);
  expect(deadlineAtMsOf(event, kind, t0)).toBe(t0 + minutes * MINUTE_MS);
});

test.each([
  ["incident.opened", "P1", true],
  ["incident.opened", "P2", true],
  ["incident.updated", "P1", true],
  ["incident.updated", "P2", false],
  ["incident.resolved", "P1", false],
  ["incident.acknowledged", "P1", false],
  ["drift.detected", "P3", false],
  ["digest", null, false],
  ["test", null, false],
] as const)("%s of %s wakes somebody: %s", (event, severity, wakes) => {
  expect(isPage(event, severity)).toBe(wakes);
});

const pending = {
  event: "incident.opened",
  severity: "P1",
  state: "pending",
  createdAtMs: t0,
  escalatedAtMs: null,
  isDetour: false,
} as const;

test.each([
  ["a page one second short of ten minutes", pending, 599, false, 600, "still_young"],
  ["a page that waits for ten minutes", pending, 600, true, null, "undelivered_10_min"],
  ["a page that was refused for good", { ...pending, state: "failed" }, 1, true, null, "refused_for_good"],
  ["a page that was accepted", { ...pending, state: "sent" }, 900, false, null, "settled"],
  ["a page in a digest", { ...pending, state: "folded" }, 900, false, null, "settled"],
  ["a page no longer worth sending", { ...pending, state: "cancelled" }, 900, false, null, "settled"],
  ["what was escalated", { ...pending, escalatedAtMs: t0 }, 900, false, null, "already_escalated"],
  [
    "a detour that fails, too",
    { ...pending, state: "failed", isDetour: true },
    900,
    false,
    null,
    "already_escalated",
  ],
  ["a recovery", { ...pending, event: "incident.resolved" }, 900, false, null, "not_a_page"],
  ["drift", { ...pending, event: "drift.detected", severity: "P3" }, 900, false, null, "not_a_page"],
] as const)("%s", (_name, message, afterS, isDue, lookAgainAfterS, reason) => {
  expect(decideDeliveryEscalation(message, t0 + afterS * 1_000)).toEqual({
    isDue,
    lookAgainAtMs: lookAgainAfterS === null ? null : t0 + lookAgainAfterS * 1_000,
    reason,
  });
});
