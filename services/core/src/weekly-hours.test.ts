import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isWithinHours, nextHoursChangeMs, type WeeklyHours, weeklyHoursSchema } from "./weekly-hours.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const utc = (text: string) => Date.parse(`${text}Z`);

const hours = (timeZone: string, from: string, to: string, days = [1, 2, 3, 4, 5]): WeeklyHours => ({
  timeZone,
  ranges: [{ days, from, to }],
});
const everyDay = [1, 2, 3, 4, 5, 6, 7];

// 2026-11-23 is a Monday.
describe("hours of the week", () => {
  test.each<[name: string, hours: WeeklyHours, at: string, isWithin: boolean]>([
    ["begin with their first minute", hours("UTC", "09:00", "17:00"), "2026-11-23T09:00:00", true],
    ["have not begun a moment before", hours("UTC", "09:00", "17:00"), "2026-11-23T08:59:59.999", false],
    ["last until their last moment", hours("UTC", "09:00", "17:00"), "2026-11-23T16:59:59.999", true],
    ["are over at their end", hours("UTC", "09:00", "17:00"), "2026-11-23T17:00:00", false],
    ["are not on other days", hours("UTC", "09:00", "17:00"), "2026-11-22T12:00:00", false],
    [
      "are those of the zone, east of UTC",
      hours("Asia/Kolkata", "09:00", "17:00"),
      "2026-11-23T03:30:00",
      true,
    ],
    ["are not those of UTC", hours("Asia/Kolkata", "09:00", "17:00"), "2026-11-23T11:30:00", false],
    [
      "have the zone's day, west of UTC",
      hours("Pacific/Honolulu", "20:00", "23:00", [1]),
      "2026-11-24T07:00:00",
      true,
    ],
    [
      "have the zone's day, east of UTC",
      hours("Pacific/Kiritimati", "00:00", "06:00", [2]),
      "2026-11-23T12:00:00",
      true,
    ],
    ["over midnight begin on their day", hours("UTC", "22:00", "06:00", [1]), "2026-11-23T23:00:00", true],
    ["over midnight go on the next day", hours("UTC", "22:00", "06:00", [1]), "2026-11-24T05:59:00", true],
    ["over midnight end the next day", hours("UTC", "22:00", "06:00", [1]), "2026-11-24T06:00:00", false],
    [
      "over midnight do not begin the next day",
      hours("UTC", "22:00", "06:00", [1]),
      "2026-11-24T22:30:00",
      false,
    ],
    [
      "over midnight were not before their day",
      hours("UTC", "22:00", "06:00", [1]),
      "2026-11-23T05:00:00",
      false,
    ],
    [
      "over midnight go from Sunday to Monday",
      hours("UTC", "22:00", "06:00", [7]),
      "2026-11-23T05:00:00",
      true,
    ],
    ["until midnight end there", hours("UTC", "22:00", "00:00", [1]), "2026-11-24T00:00:00", false],
    ["with equal ends are a whole day", hours("UTC", "08:00", "08:00", [1]), "2026-11-24T07:59:00", true],
    ["with equal ends end after a day", hours("UTC", "08:00", "08:00", [1]), "2026-11-24T08:00:00", false],
    // The clock goes from 02:00 to 03:00 on 2026-03-29, and from 03:00 back to 02:00 on 2026-10-25.
    ["in Berlin in winter", hours("Europe/Berlin", "09:00", "17:00"), "2026-03-27T08:00:00", true],
    ["in Berlin in summer", hours("Europe/Berlin", "09:00", "17:00"), "2026-03-30T07:00:00", true],
    [
      "in Berlin that the clock skips are not there",
      hours("Europe/Berlin", "02:00", "03:00", everyDay),
      "2026-03-29T01:00:00",
      false,
    ],
    [
      "in Berlin begin late when the clock skips their beginning",
      hours("Europe/Berlin", "02:30", "04:00", everyDay),
      "2026-03-29T01:00:00",
      true,
    ],
    [
      "in Berlin are there the first time the clock shows them",
      hours("Europe/Berlin", "02:00", "03:00", everyDay),
      "2026-10-25T00:30:00",
      true,
    ],
    [
      "in Berlin are there the second time the clock shows them",
      hours("Europe/Berlin", "02:00", "03:00", everyDay),
      "2026-10-25T01:30:00",
      true,
    ],
    [
      "in Berlin are over after the second time",
      hours("Europe/Berlin", "02:00", "03:00", everyDay),
      "2026-10-25T02:00:00",
      false,
    ],
    // New York: 2026-03-08 02:00 to 03:00, 2026-11-01 02:00 to 01:00.
    [
      "in New York before the clock is turned forward",
      hours("America/New_York", "01:00", "02:00", everyDay),
      "2026-03-08T06:59:00",
      true,
    ],
    [
      "in New York after it was turned forward",
      hours("America/New_York", "03:00", "04:00", everyDay),
      "2026-03-08T07:00:00",
      true,
    ],
    [
      "in New York the second time",
      hours("America/New_York", "01:00", "02:00", everyDay),
      "2026-11-01T06:30:00",
      true,
    ],
    [
      "in New York after the second time",
      hours("America/New_York", "01:00", "02:00", everyDay),
      "2026-11-01T07:00:00",
      false,
    ],
    // Lord Howe turns by half an hour: 2026-04-05 02:00 to 01:30, 2026-10-04 02:00 to 02:30.
    [
      "on Lord Howe the second time",
      hours("Australia/Lord_Howe", "01:30", "02:00", everyDay),
      "2026-04-04T15:15:00",
      true,
    ],
    [
      "on Lord Howe after the second time",
      hours("Australia/Lord_Howe", "01:30", "02:00", everyDay),
      "2026-04-04T15:30:00",
      false,
    ],
    [
      "on Lord Howe that the clock skips are not there",
      hours("Australia/Lord_Howe", "02:00", "02:30", everyDay),
      "2026-10-03T15:30:00",
      false,
    ],
    [
      "on Lord Howe after the skip",
      hours("Australia/Lord_Howe", "02:30", "03:00", everyDay),
      "2026-10-03T15:30:00",
      true,
    ],
  ])("%s", (_name, given, at, isWithin) => {
    expect(isWithinHours(given, utc(at))).toBe(isWithin);
  });

  test.each<[name: string, hours: WeeklyHours, at: string, next: string | null]>([
    ["begin next", hours("UTC", "09:00", "17:00"), "2026-11-23T03:00:00", "2026-11-23T09:00:00"],
    ["end next", hours("UTC", "09:00", "17:00"), "2026-11-23T09:00:00", "2026-11-23T17:00:00"],
    ["begin after the weekend", hours("UTC", "09:00", "17:00"), "2026-11-27T17:00:00", "2026-11-30T09:00:00"],
    ["begin a week later", hours("UTC", "09:00", "17:00", [1]), "2026-11-23T17:00:00", "2026-11-30T09:00:00"],
    ["end the next day", hours("UTC", "22:00", "06:00", [1]), "2026-11-23T23:00:00", "2026-11-24T06:00:00"],
    ["that are always never change", hours("UTC", "00:00", "00:00", everyDay), "2026-11-23T23:00:00", null],
    [
      "that touch at midnight do not end there",
      hours("UTC", "12:00", "12:00", [1, 2]),
      "2026-11-23T13:00:00",
      "2026-11-25T12:00:00",
    ],
    [
      "begin in Berlin in summer",
      hours("Europe/Berlin", "09:00", "17:00"),
      "2026-03-27T20:00:00",
      "2026-03-30T07:00:00",
    ],
    [
      "begin when the clock skips their beginning",
      hours("Europe/Berlin", "02:30", "04:00", [7]),
      "2026-03-28T12:00:00",
      "2026-03-29T01:00:00",
    ],
    [
      "end when the clock skips their end",
      hours("Europe/Berlin", "01:00", "02:30", [7]),
      "2026-03-29T00:30:00",
      "2026-03-29T01:00:00",
    ],
    [
      "end the first time the clock shows their end",
      hours("Europe/Berlin", "01:00", "02:30", [7]),
      "2026-10-25T00:00:00",
      "2026-10-25T00:30:00",
    ],
    [
      "begin again when the clock is turned back into them",
      hours("Europe/Berlin", "01:00", "02:30", [7]),
      "2026-10-25T00:40:00",
      "2026-10-25T01:00:00",
    ],
    [
      "end the second time, too",
      hours("Europe/Berlin", "01:00", "02:30", [7]),
      "2026-10-25T01:00:00",
      "2026-10-25T01:30:00",
    ],
    [
      "end for an hour when the clock is turned back before them",
      hours("America/New_York", "01:30", "04:00", [7]),
      "2026-11-01T05:45:00",
      "2026-11-01T06:00:00",
    ],
    [
      "are skipped whole and come the next week",
      hours("Europe/Berlin", "02:00", "03:00", [7]),
      "2026-03-28T12:00:00",
      "2026-04-05T00:00:00",
    ],
    [
      "on Lord Howe begin when their beginning is skipped",
      hours("Australia/Lord_Howe", "02:15", "03:00", [7]),
      "2026-10-03T12:00:00",
      "2026-10-03T15:30:00",
    ],
  ])("%s", (_name, given, at, next) => {
    const nextMs = nextHoursChangeMs(given, utc(at));
    expect(nextMs === null ? null : new Date(nextMs).toISOString().slice(0, 19)).toBe(next);
  });

  const anyClock = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 45))
    .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`);
  const anyHours: fc.Arbitrary<WeeklyHours> = fc.record({
    timeZone: fc.constantFrom(
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "UTC",
      "Asia/Kathmandu",
    ),
    ranges: fc.array(
      fc.record({ days: fc.subarray(everyDay, { minLength: 1 }), from: anyClock, to: anyClock }),
      { minLength: 1, maxLength: 3 },
    ),
  });
  const anyInstant = fc.oneof(
    fc.integer({ min: utc("2026-01-01T00:00:00"), max: utc("2027-01-01T00:00:00") }),
    ...["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-04", "2026-10-03"].map((day) =>
      fc.integer({ min: utc(`${day}T00:00:00`) - 24 * HOUR_MS, max: utc(`${day}T00:00:00`) + 24 * HOUR_MS }),
    ),
  );

  test("are the same from one change to the next, and other ones after it", () => {
    fc.assert(
      fc.property(anyHours, anyInstant, (given, atMs) => {
        const isWithin = isWithinHours(given, atMs);
        const nextMs = nextHoursChangeMs(given, atMs);
        const untilMs = Math.min(nextMs ?? Number.POSITIVE_INFINITY, atMs + 26 * HOUR_MS);
        for (let ms = atMs; ms < untilMs; ms += 5 * MINUTE_MS) {
          expect(isWithinHours(given, ms)).toBe(isWithin);
        }
        if (nextMs !== null) {
          expect(nextMs).toBeGreaterThan(atMs);
          expect(isWithinHours(given, nextMs)).toBe(!isWithin);
          expect(isWithinHours(given, nextMs - 1)).toBe(isWithin);
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each<[name: string, body: unknown]>([
    ["an unknown zone", { timeZone: "Mars/Olympus", ranges: [{ days: [1], from: "09:00", to: "10:00" }] }],
    [
      "an offset instead of a zone",
      { timeZone: "+01:00", ranges: [{ days: [1], from: "09:00", to: "10:00" }] },
    ],
    ["no range", { timeZone: "UTC", ranges: [] }],
    ["no day", { timeZone: "UTC", ranges: [{ days: [], from: "09:00", to: "10:00" }] }],
    ["a day that is none", { timeZone: "UTC", ranges: [{ days: [0], from: "09:00", to: "10:00" }] }],
    ["an eighth day", { timeZone: "UTC", ranges: [{ days: [8], from: "09:00", to: "10:00" }] }],
    ["a time that is none", { timeZone: "UTC", ranges: [{ days: [1], from: "24:00", to: "10:00" }] }],
    ["a time without its zero", { timeZone: "UTC", ranges: [{ days: [1], from: "9:00", to: "10:00" }] }],
    ["unknown fields", { timeZone: "UTC", ranges: [{ days: [1], from: "09:00", to: "10:00", except: 1 }] }],
  ])("refuse %s", (_name, body) => {
    expect(weeklyHoursSchema.safeParse(body).success).toBe(false);
  });

  test("keep their days sorted and once", () => {
    const parsed = weeklyHoursSchema.parse({
      timeZone: "Europe/Berlin",
      ranges: [{ days: [5, 1, 5], from: "09:00", to: "10:00" }],
    });
    expect(parsed.ranges[0]?.days).toEqual([1, 5]);
  });
});
