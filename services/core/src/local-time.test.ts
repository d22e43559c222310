import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instantAtOrAfter, instantsOf, isTimeZone, localMsAt, minuteOfDay, weekdayOf } from "./local-time.ts";

const utc = (text: string) => Date.parse(`${text}Z`);
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);

describe("local time", () => {
  test.each<[zone: string, local: string, instants: readonly string[]]>([
    ["UTC", "2026-11-23T09:00", ["2026-11-23T09:00"]],
    ["Europe/Berlin", "2026-03-29T02:30", []],
    ["Europe/Berlin", "2026-03-29T03:00", ["2026-03-29T01:00"]],
    ["Europe/Berlin", "2026-10-25T02:30", ["2026-10-25T00:30", "2026-10-25T01:30"]],
    ["America/New_York", "2026-03-08T02:30", []],
    ["America/New_York", "2026-11-01T01:30", ["2026-11-01T05:30", "2026-11-01T06:30"]],
    ["Australia/Lord_Howe", "2026-04-05T01:45", ["2026-04-04T14:45", "2026-04-04T15:15"]],
    ["Australia/Lord_Howe", "2026-10-04T02:15", []],
    ["Pacific/Apia", "2011-12-30T12:00", []],
    ["Asia/Kathmandu", "2026-06-01T00:00", ["2026-05-31T18:15"]],
  ])("in %s, %s is at %j", (zone, local, instants) => {
    expect(instantsOf(utc(`${local}:00`), zone).map(iso)).toEqual(instants);
  });

  test.each<[zone: string, local: string, instant: string]>([
    ["Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00"],
    ["America/New_York", "2026-03-08T02:01", "2026-03-08T07:00"],
    ["Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"],
    ["Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"],
    ["Asia/Kathmandu", "2026-06-01T00:00", "2026-05-31T18:15"],
  ])("in %s, %s or later is first at %s", (zone, local, instant) => {
    expect(iso(instantAtOrAfter(utc(`${local}:00`), zone))).toBe(instant);
  });

  test("shows years before 1970, milliseconds and midnight", () => {
    expect(localMsAt(-1, "UTC")).toBe(-1);
    expect(localMsAt(utc("2026-11-23T00:00:00.123"), "UTC")).toBe(utc("2026-11-23T00:00:00.123"));
    expect(iso(localMsAt(utc("2026-11-22T23:00:00"), "Europe/Berlin"))).toBe("2026-11-23T00:00");
  });

  test("has weekdays and minutes of the day", () => {
    const days = ["1969-12-31", "1970-01-01", "2026-11-22", "2026-11-23"];
    expect(days.map((day) => weekdayOf(utc(`${day}T12:00:00`)))).toEqual([3, 4, 7, 1]);
    expect(minuteOfDay(utc("2026-11-23T23:59:59"))).toBe(1_439);
    expect(minuteOfDay(utc("1969-12-31T00:01:00"))).toBe(1);
  });

  test("goes there and back", () => {
    const zones = fc.constantFrom(
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "Africa/Casablanca",
    );
    const instants = fc.integer({ min: utc("2025-01-01T00:00:00"), max: utc("2028-01-01T00:00:00") });
    fc.assert(
      fc.property(zones, instants, (zone, atMs) => {
        const localMs = localMsAt(atMs, zone);
        expect(instantsOf(localMs, zone)).toContain(atMs);
        expect(instantAtOrAfter(localMs, zone)).toBeLessThanOrEqual(atMs);
      }),
    );
  });

  test("knows zones by name alone", () => {
    const names = ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"];
    expect(names.map(isTimeZone)).toEqual([true, true, true, true]);
    const others = ["", "+01:00", "Europe/Nowhere", "../etc/passwd", "UTC\n", `${"A/".repeat(500)}B`];
    expect(others.map(isTimeZone)).toEqual(others.map(() => false));
  });

  test("forgets formatters rather than to keep one for every zone there is", () => {
    for (const zone of Intl.supportedValuesOf("timeZone").slice(0, 120)) {
      expect(Math.abs(localMsAt(0, zone))).toBeLessThan(86_400_000);
    }
  });
});
