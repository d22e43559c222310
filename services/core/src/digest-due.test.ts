import fc from "fast-check";
import { expect, test } from "vitest";
import { decideHourlyDigest, lastWeeklyDigestAtMs } from "./digest-due.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const t0 = Date.UTC(2026, 10, 21, 3);

const nothing = { oldestAtMs: null, hasPage: false, lastDigestAtMs: null };
test.each([
  ["nothing was folded", nothing, 30, false, "nothing_folded"],
  ["folded within this hour", { ...nothing, oldestAtMs: t0 + MINUTE_MS }, 59, false, "hour_goes_on"],
  ["the hour is over", { ...nothing, oldestAtMs: t0 + MINUTE_MS }, 60, true, "hour_is_over"],
  [
    "the hour is over and a digest went out in it",
    { ...nothing, oldestAtMs: t0 + 30 * MINUTE_MS, lastDigestAtMs: t0 + 5 * MINUTE_MS },
    60,
    true,
    "hour_is_over",
  ],
  [
    "a digest went out in this hour",
    { ...nothing, oldestAtMs: t0 - MINUTE_MS, lastDigestAtMs: t0 + MINUTE_MS },
    40,
    false,
    "hour_goes_on",
  ],
  [
    "a page is among it",
    { ...nothing, oldestAtMs: t0 + MINUTE_MS, hasPage: true },
    2,
    true,
    "page_among_them",
  ],
  [
    "a page is among it, nine minutes after the last",
    { oldestAtMs: t0 + MINUTE_MS, hasPage: true, lastDigestAtMs: t0 + MINUTE_MS },
    10,
    false,
    "told_a_moment_ago",
  ],
  [
    "a page is among it, ten minutes after the last",
    { oldestAtMs: t0 + MINUTE_MS, hasPage: true, lastDigestAtMs: t0 + MINUTE_MS },
    11,
    true,
    "page_among_them",
  ],
] as const)("%s", (_name, folded, afterMinutes, isDue, reason) => {
  expect(decideHourlyDigest(folded, t0 + afterMinutes * MINUTE_MS)).toEqual({ isDue, reason });
});

test("over any day at most one digest in ten minutes, one an hour when no page is among them, and none is forgotten", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 1_439 }), { maxLength: 60 }), fc.boolean(), (minutes, hasPage) => {
      const waiting = [...minutes].sort((a, b) => a - b);
      const sent: number[] = [];
      let next = 0;
      let held: number[] = [];
      for (let minute = 0; minute <= 1_560; minute += 1) {
        while ((waiting[next] ?? Number.POSITIVE_INFINITY) <= minute) {
          held.push(waiting[next] as number);
          next += 1;
        }
        const folded = {
          oldestAtMs: held[0] === undefined ? null : t0 + held[0] * MINUTE_MS,
          hasPage,
          lastDigestAtMs: sent.length === 0 ? null : t0 + (sent.at(-1) as number) * MINUTE_MS,
        };
        if (decideHourlyDigest(folded, t0 + minute * MINUTE_MS).isDue) {
          expect(minute - (held[0] as number)).toBeLessThanOrEqual(hasPage ? 10 : 60);
          sent.push(minute);
          held = [];
        }
      }
      expect(held).toEqual([]);
      const gaps = sent.slice(1).map((minute, n) => minute - (sent[n] as number));
      expect(gaps.every((gap) => gap >= (hasPage ? 10 : 60))).toBe(true);
    }),
  );
});

test.each([
  ["UTC, Monday 08:00 sharp", "UTC", "2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"],
  ["UTC, a millisecond before", "UTC", "2026-11-23T07:59:59.999Z", "2026-11-16T08:00:00Z"],
  ["UTC, Sunday night", "UTC", "2026-11-22T23:59:59Z", "2026-11-16T08:00:00Z"],
  ["Berlin in winter", "Europe/Berlin", "2026-11-23T07:00:00Z", "2026-11-23T07:00:00Z"],
  [
    "Berlin, the Monday after summer time began",
    "Europe/Berlin",
    "2026-03-30T06:00:00Z",
    "2026-03-30T06:00:00Z",
  ],
  ["Berlin, the Monday after it ended", "Europe/Berlin", "2026-10-26T06:30:00Z", "2026-10-19T06:00:00Z"],
  ["Berlin, that Monday half an hour later", "Europe/Berlin", "2026-10-26T07:00:00Z", "2026-10-26T07:00:00Z"],
  ["New York", "America/New_York", "2026-11-23T13:00:00Z", "2026-11-23T13:00:00Z"],
  ["Kathmandu, UTC+05:45", "Asia/Kathmandu", "2026-11-23T02:15:00Z", "2026-11-23T02:15:00Z"],
  ["Kiritimati, UTC+14", "Pacific/Kiritimati", "2026-11-22T18:00:00Z", "2026-11-22T18:00:00Z"],
  ["Pago Pago, UTC-11", "Pacific/Pago_Pago", "2026-11-23T19:00:00Z", "2026-11-23T19:00:00Z"],
])("%s", (_name, zone, now, expected) => {
  expect(new Date(lastWeeklyDigestAtMs(Date.parse(now), zone)).toISOString()).toBe(
    new Date(expected).toISOString(),
  );
});

test("it is always a Monday at eight there, not in the future, and at most a week and a change of clocks ago", () => {
  const zones = fc.constantFrom(
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
  );
  fc.assert(
    fc.property(zones, fc.nat({ max: 2 * 365 * 24 * 60 }), (timeZone, minute) => {
      const nowMs = Date.UTC(2026, 0, 1) + minute * MINUTE_MS;
      const dueAtMs = lastWeeklyDigestAtMs(nowMs, timeZone);
      expect(dueAtMs).toBeLessThanOrEqual(nowMs);
      expect(nowMs - dueAtMs).toBeLessThan(7 * 24 * HOUR_MS + HOUR_MS);
      const shown = new Intl.DateTimeFormat("en-GB", {
        timeZone,
        weekday: "short",
        hour: "2-digit",
        minute: "2-digit",
      });
      expect(shown.format(dueAtMs)).toBe("Mon 08:00");
    }),
    { numRuns: 40 },
  );
});

test("a zone nobody knows is refused", () => {
  expect(() => lastWeeklyDigestAtMs(t0, "Mars/Olympus")).toThrow(RangeError);
});
