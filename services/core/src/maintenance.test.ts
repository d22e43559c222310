import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isMutedAt,
  type MaintenanceRecurrence,
  type MaintenanceWindow,
  nextEndsAt,
  occurrencesBetween,
  readMaintenanceWindow,
  recurrenceSchema,
} from "./maintenance.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const utc = (text: string) => Date.parse(`${text}:00Z`);
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);
const endpoint = { id: "11111111-1111-4111-8111-111111111111", tags: ["prod"], group: "Weather" };

const once = (from: string, to: string, change: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
  id: "w",
  scope: { kind: "all" },
  startsAtMs: utc(from),
  endsAtMs: utc(to),
  recurrence: null,
  cancelledAtMs: null,
  ...change,
});
/** From its first time on. */
const weekly = (
  first: string,
  recurrence: Partial<MaintenanceRecurrence>,
  change: Partial<MaintenanceWindow> = {},
): MaintenanceWindow => {
  const whole: MaintenanceRecurrence = {
    timeZone: "UTC",
    weekdays: [1],
    start: "02:00",
    durationMinutes: 60,
    untilMs: null,
    ...recurrence,
  };
  const startsAtMs = utc(first);
  const endsAtMs = startsAtMs + whole.durationMinutes * MINUTE_MS;
  return once(first, first, { startsAtMs, endsAtMs, recurrence: whole, ...change });
};
const startsOf = (window: MaintenanceWindow, from: string, to: string) =>
  occurrencesBetween(window, utc(from), utc(to)).map(({ startsAtMs }) => iso(startsAtMs));

describe("maintenance", () => {
  test.each<[name: string, window: MaintenanceWindow, at: string, isMuted: boolean]>([
    ["has begun at its start", once("2026-11-23T02:00", "2026-11-23T03:00"), "2026-11-23T02:00", true],
    ["is over at its end", once("2026-11-23T02:00", "2026-11-23T03:00"), "2026-11-23T03:00", false],
    ["has not begun before", once("2026-11-23T02:00", "2026-11-23T03:00"), "2026-11-23T01:59", false],
    ["happens once", once("2026-11-23T02:00", "2026-11-23T03:00"), "2026-11-30T02:30", false],
    ["happens again next week", weekly("2026-11-23T02:00", {}), "2026-11-30T02:30", true],
    ["happens again next year", weekly("2026-11-23T02:00", {}), "2027-11-22T02:30", true],
    ["does not happen on other days", weekly("2026-11-23T02:00", {}), "2026-11-24T02:30", false],
    ["did not happen before its first time", weekly("2026-11-23T02:00", {}), "2026-11-16T02:30", false],
    ["goes over midnight", weekly("2026-11-23T23:30", { start: "23:30" }), "2026-12-01T00:15", true],
    ["ends after midnight", weekly("2026-11-23T23:30", { start: "23:30" }), "2026-12-01T00:30", false],
    [
      "happens a last time",
      weekly("2026-11-23T02:00", { untilMs: utc("2026-11-30T02:00") }),
      "2026-11-30T02:30",
      true,
    ],
    [
      "does not happen after that",
      weekly("2026-11-23T02:00", { untilMs: utc("2026-11-30T01:59") }),
      "2026-11-30T02:30",
      false,
    ],
    [
      "ends when it is cancelled",
      once("2026-11-23T02:00", "2026-11-23T03:00", { cancelledAtMs: utc("2026-11-23T02:30") }),
      "2026-11-23T02:30",
      false,
    ],
    [
      "was, until it was cancelled",
      once("2026-11-23T02:00", "2026-11-23T03:00", { cancelledAtMs: utc("2026-11-23T02:30") }),
      "2026-11-23T02:29",
      true,
    ],
    [
      "never was when it was cancelled before",
      weekly("2026-11-23T02:00", {}, { cancelledAtMs: utc("2026-11-22T00:00") }),
      "2026-11-30T02:30",
      false,
    ],
    // Berlin: the clock goes from 02:00 to 03:00 on 2026-03-29, from 03:00 back to 02:00 on 2026-10-25.
    [
      "at a skipped hour begins when the clock is turned",
      weekly("2026-03-22T01:30", { timeZone: "Europe/Berlin", weekdays: [7], start: "02:30" }),
      "2026-03-29T01:00",
      true,
    ],
    [
      "at a skipped hour takes as long as ever",
      weekly("2026-03-22T01:30", { timeZone: "Europe/Berlin", weekdays: [7], start: "02:30" }),
      "2026-03-29T01:59",
      true,
    ],
    [
      "at a skipped hour ends after that",
      weekly("2026-03-22T01:30", { timeZone: "Europe/Berlin", weekdays: [7], start: "02:30" }),
      "2026-03-29T02:00",
      false,
    ],
    [
      "at an hour shown twice is the first",
      weekly("2026-10-18T00:30", { timeZone: "Europe/Berlin", weekdays: [7], start: "02:30" }),
      "2026-10-25T00:30",
      true,
    ],
    [
      "at an hour shown twice takes an hour by the stopwatch",
      weekly("2026-10-18T00:30", { timeZone: "Europe/Berlin", weekdays: [7], start: "02:30" }),
      "2026-10-25T01:30",
      false,
    ],
    [
      "over the hour the clock repeats goes on",
      weekly("2026-10-18T00:00", {
        timeZone: "Europe/Berlin",
        weekdays: [7],
        start: "02:00",
        durationMinutes: 120,
      }),
      "2026-10-25T01:45",
      true,
    ],
    [
      "keeps its local time in summer",
      weekly("2026-03-23T01:00", { timeZone: "Europe/Berlin", start: "02:00" }),
      "2026-03-30T00:30",
      true,
    ],
    [
      "does not keep its UTC time",
      weekly("2026-03-23T01:00", { timeZone: "Europe/Berlin", start: "02:00" }),
      "2026-03-30T01:30",
      false,
    ],
    [
      "of a whole day reaches over the day that is an hour shorter",
      weekly("2026-03-21T22:30", {
        timeZone: "Europe/Berlin",
        weekdays: [6],
        start: "23:30",
        durationMinutes: 1_440,
      }),
      "2026-03-29T22:15",
      true,
    ],
    [
      "in New York at a skipped hour",
      weekly("2026-03-01T07:30", { timeZone: "America/New_York", weekdays: [7], start: "02:30" }),
      "2026-03-08T07:00",
      true,
    ],
    [
      "on Lord Howe at a skipped half-hour",
      weekly("2026-09-27T15:45", { timeZone: "Australia/Lord_Howe", weekdays: [7], start: "02:15" }),
      "2026-10-03T15:30",
      true,
    ],
    [
      "has the weekday of its zone",
      weekly("2026-11-22T14:30", { timeZone: "Pacific/Auckland", weekdays: [1], start: "03:30" }),
      "2026-11-29T14:45",
      true,
    ],
  ])("%s", (_name, window, at, isMuted) => {
    expect(isMutedAt([window], endpoint, utc(at)) !== null).toBe(isMuted);
  });

  test.each<[name: string, scope: MaintenanceWindow["scope"], isMuted: boolean]>([
    ["all endpoints", { kind: "all" }, true],
    ["the endpoint", { kind: "some", endpointIds: [endpoint.id], tags: [], groups: [] }, true],
    ["a tag of it", { kind: "some", endpointIds: [], tags: ["prod"], groups: [] }, true],
    ["its group", { kind: "some", endpointIds: [], tags: [], groups: ["Weather"] }, true],
    ["others", { kind: "some", endpointIds: [], tags: ["staging"], groups: ["Maps"] }, false],
  ])("for %s mutes accordingly", (_name, scope, isMuted) => {
    const window = once("2026-11-23T02:00", "2026-11-23T03:00", { scope });
    const atMs = utc("2026-11-23T02:30");
    expect(isMutedAt([window], endpoint, atMs)).toBe(isMuted ? window : null);
    expect(nextEndsAt([window], endpoint, atMs)).toBe(isMuted ? window.endsAtMs : null);
  });

  test("lists its occurrences between two instants, those that reach in too", () => {
    const window = weekly("2026-11-23T02:00", { weekdays: [1, 4] });
    expect(startsOf(window, "2026-11-23T02:30", "2026-12-01T00:00")).toEqual([
      "2026-11-23T02:00",
      "2026-11-26T02:00",
      "2026-11-30T02:00",
    ]);
    expect(startsOf(window, "2026-11-23T03:00", "2026-11-26T02:00")).toEqual([]);
    expect(occurrencesBetween(window, utc("2026-01-01T00:00"), utc("2027-01-01T00:00"), 3)).toHaveLength(3);
  });

  test("has its first time whatever the days of its recurrence are", () => {
    expect(startsOf(weekly("2026-11-25T10:00", {}), "2026-11-01T00:00", "2026-12-01T00:00")).toEqual([
      "2026-11-25T10:00",
      "2026-11-30T02:00",
    ]);
  });

  test("that runs into other maintenance ends with that", () => {
    const windows = [
      once("2026-11-23T02:00", "2026-11-23T03:00"),
      once("2026-11-23T03:00", "2026-11-23T04:00"),
      once("2026-11-23T03:30", "2026-11-23T05:00"),
      once("2026-11-23T05:01", "2026-11-23T06:00"),
    ];
    expect(iso(nextEndsAt(windows, endpoint, utc("2026-11-23T02:30")) ?? 0)).toBe("2026-11-23T05:00");
    expect(nextEndsAt(windows, endpoint, utc("2026-11-23T05:00"))).toBeNull();
  });

  test("that never ends is looked at again and again, not for ever", () => {
    const always = weekly("2026-11-23T00:00", {
      weekdays: [1, 2, 3, 4, 5, 6, 7],
      start: "00:00",
      durationMinutes: 1_440,
    });
    const endsAtMs = nextEndsAt([always], endpoint, utc("2026-11-23T12:00")) ?? 0;
    expect(endsAtMs).toBeGreaterThan(utc("2027-11-23T00:00"));
  });

  test("mutes exactly within its occurrences", () => {
    const anyWindow = fc
      .record({
        timeZone: fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"),
        weekdays: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
        start: fc.constantFrom("00:00", "01:30", "02:30", "03:00", "23:45"),
        durationMinutes: fc.integer({ min: 1, max: 1_440 }),
      })
      .map((recurrence) => weekly("2026-01-05T04:00", recurrence));
    const anyInstant = fc.integer({ min: utc("2026-03-01T00:00"), max: utc("2026-11-30T00:00") });
    fc.assert(
      fc.property(anyWindow, anyInstant, (window, atMs) => {
        const near = occurrencesBetween(window, atMs - 3 * DAY_MS, atMs + 3 * DAY_MS);
        const isInside = near.some(({ startsAtMs, endsAtMs }) => startsAtMs <= atMs && atMs < endsAtMs);
        expect(isMutedAt([window], endpoint, atMs) !== null).toBe(isInside);
        const endsAtMs = nextEndsAt([window], endpoint, atMs);
        expect(endsAtMs !== null).toBe(isInside);
        if (endsAtMs !== null) {
          expect(isMutedAt([window], endpoint, endsAtMs - 1)).toBe(window);
        }
        const starts = near.map(({ startsAtMs }) => startsAtMs);
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
      }),
      { numRuns: 80 },
    );
  });

  const recurrence = { timeZone: "UTC", weekdays: [1], start: "02:00", durationMinutes: 60 };

  test.each<[name: string, body: unknown]>([
    ["of no minutes", { ...recurrence, durationMinutes: 0 }],
    ["of more than a day", { ...recurrence, durationMinutes: 1_441 }],
    ["on no day", { ...recurrence, weekdays: [] }],
    ["at no time", { ...recurrence, start: "25:00" }],
    ["in no zone", { ...recurrence, timeZone: "Nowhere" }],
    ["with unknown fields", { ...recurrence, every: 2 }],
  ])("that recurs %s is refused", (_name, body) => {
    expect(recurrenceSchema.safeParse(body).success).toBe(false);
  });

  test("is read as it was stored, and mutes nothing when it cannot be read", () => {
    const window = weekly("2026-11-23T02:00", {});
    expect(readMaintenanceWindow(JSON.parse(JSON.stringify(window)))).toEqual(window);
    expect(readMaintenanceWindow(once("2026-11-23T02:00", "2026-11-23T03:00"))?.recurrence).toBeNull();
    expect(readMaintenanceWindow({ ...window, scope: { kind: "others" } })).toBeNull();
    expect(readMaintenanceWindow({ ...window, recurrence: { every: "day" } })).toBeNull();
  });
});
