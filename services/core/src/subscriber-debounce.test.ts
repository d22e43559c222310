import fc from "fast-check";
import { expect, test } from "vitest";
import { decideSubscriberMessage, type PublicIncident, type SubscriberTold } from "./subscriber-debounce.ts";

const MINUTE_MS = 60_000;
const t0 = Date.UTC(2026, 10, 21, 3);
const open: PublicIncident = { openedAtMs: t0, resolvedAtMs: null, updates: 0 };
const told: SubscriberTold = { lastAtMs: t0 + 5 * MINUTE_MS, updates: 0, isResolved: false };
const ended = { ...open, resolvedAtMs: t0 + 7 * MINUTE_MS };
const before = t0 - MINUTE_MS;

test.each([
  [
    "open for 4 minutes",
    null,
    open,
    before,
    4,
    { kind: "wait", untilMs: t0 + 5 * MINUTE_MS, reason: "too_young" },
  ],
  ["open for 5 minutes", null, open, before, 5, { kind: "send", message: "opened", reason: "still_open" }],
  [
    "over after 4 minutes",
    null,
    { ...open, resolvedAtMs: t0 + 4 * MINUTE_MS },
    before,
    6,
    { kind: "nothing", reason: "over_before_told" },
  ],
  [
    "subscribed to while it is open",
    null,
    open,
    t0 + 20 * MINUTE_MS,
    20,
    { kind: "send", message: "opened", reason: "still_open" },
  ],
  [
    "subscribed to after its end",
    null,
    ended,
    t0 + 8 * MINUTE_MS,
    9,
    { kind: "nothing", reason: "subscribed_after_it" },
  ],
  ["told, nothing new", told, open, before, 30, { kind: "nothing", reason: "nothing_new" }],
  [
    "told, updated 10 minutes later",
    told,
    { ...open, updates: 1 },
    before,
    15,
    { kind: "wait", untilMs: t0 + 20 * MINUTE_MS, reason: "told_a_moment_ago" },
  ],
  [
    "told, updated 15 minutes later",
    told,
    { ...open, updates: 3 },
    before,
    20,
    { kind: "send", message: "updated", reason: "updated" },
  ],
  [
    "told and over a moment later",
    told,
    ended,
    before,
    7,
    { kind: "send", message: "resolved", reason: "resolved" },
  ],
  [
    "told to the end",
    { ...told, isResolved: true },
    ended,
    before,
    9,
    { kind: "nothing", reason: "told_to_the_end" },
  ],
] as const)("an incident %s", (_name, wasTold, incident, subscribedAtMs, afterMinutes, expected) => {
  expect(decideSubscriberMessage(wasTold, incident, subscribedAtMs, t0 + afterMinutes * MINUTE_MS)).toEqual(
    expected,
  );
});

test("whatever happens and however often it is asked: at most one message in 15 minutes, and an end for who was told", () => {
  const story = fc.record({
    updatesAtMinute: fc.array(fc.nat({ max: 180 }), { maxLength: 30 }),
    resolvedAtMinute: fc.nat({ max: 180 }),
    askedEveryMinutes: fc.integer({ min: 1, max: 7 }),
  });
  fc.assert(
    fc.property(story, ({ updatesAtMinute, resolvedAtMinute, askedEveryMinutes }) => {
      const sent: { message: string; minute: number }[] = [];
      let state: SubscriberTold | null = null;
      for (let minute = 0; minute <= 200; minute += askedEveryMinutes) {
        const updates = updatesAtMinute.filter((at) => at <= minute).length;
        const resolvedAtMs = minute >= resolvedAtMinute ? t0 + resolvedAtMinute * MINUTE_MS : null;
        const nowMs = t0 + minute * MINUTE_MS;
        const decision = decideSubscriberMessage(
          state,
          { openedAtMs: t0, resolvedAtMs, updates },
          before,
          nowMs,
        );
        if (decision.kind === "send") {
          sent.push({ message: decision.message, minute });
          state = { lastAtMs: nowMs, updates, isResolved: decision.message === "resolved" };
        }
      }
      const news = sent.filter(({ message }) => message !== "resolved");
      expect(news.every(({ minute }, n) => n === 0 || minute - (news[n - 1]?.minute ?? 0) >= 15)).toBe(true);
      expect(sent.filter(({ message }) => message === "opened").length).toBeLessThanOrEqual(1);
      expect(sent.filter(({ message }) => message === "resolved")).toHaveLength(news.length > 0 ? 1 : 0);
    }),
  );
});
