import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alertMessageSchema } from "./alert-message.ts";
import {
  DIGEST_ENTRIES_MAX,
  type FoldedAlert,
  hourlyDigest,
  type WeekOfTenant,
  weeklyDigest,
} from "./digest.ts";

const t0 = Date.UTC(2026, 10, 21, 3);
const frame = { dedupKey: "digest:hourly:1", atMs: t0, listUrl: "https://alivemcp.example/w/acme/alerts" };
const folded = (n: number, severity: FoldedAlert["severity"] = "P2"): FoldedAlert => ({
  title: `Endpoint ${n} is degraded`,
  atMs: t0 - n,
  url: null,
  severity,
});
const hourly = (list: readonly FoldedAlert[], total = list.length) =>
  hourlyDigest(list, { ...frame, total, alertsPerDayMax: 50 });

describe("the hourly digest", () => {
  test("is none when nothing was folded", () => {
    expect(hourly([])).toBeNull();
  });

  test("names the newest first and says how many there are", () => {
    const digest = hourly([folded(2), folded(1)]);
    expect(digest?.title).toBe("2 alerts over today's budget");
    expect(digest?.entries.map(({ title }) => title)).toEqual([
      "Endpoint 1 is degraded",
      "Endpoint 2 is degraded",
    ]);
    expect(digest?.entriesLeftOut).toBe(0);
    expect(digest?.links[0]?.url).toBe(frame.listUrl);
  });

  test("names pages before anything else, so that none of them is left out for a warning", () => {
    const list = [
      ...Array.from({ length: 80 }, (_, n) => folded(n)),
      { ...folded(999, "P1"), title: "Weather is down" },
    ];
    const digest = hourly(list);
    expect(digest?.title).toBe("81 alerts over today's budget, 1 of them P1");
    expect(digest?.entries[0]?.title).toBe("Weather is down");
    expect(digest?.entriesLeftOut).toBe(31);
  });

  test("counts what was not even read", () => {
    expect(hourly([folded(1)], 4_321)?.entriesLeftOut).toBe(4_320);
    expect(hourly([], 3)?.entriesLeftOut).toBe(3);
  });

  test("is one alert, in the singular", () => {
    expect(hourly([folded(1)])?.title).toBe("1 alert over today's budget");
  });
});

describe("the weekly digest", () => {
  const perfect: WeekOfTenant = {
    small: [],
    smallTotal: 0,
    uptimes: [
      { name: "Weather", uptimeRatio: 1 },
      { name: "New", uptimeRatio: null },
    ],
    incidents: 0,
  };
  const weekly = (week: Partial<WeekOfTenant>) => weeklyDigest({ ...perfect, ...week }, frame);

  test.each([
    ["a perfect week", {}, true],
    ["a week without endpoints", { uptimes: [] }, true],
    ["a blip", { small: [folded(1)], smallTotal: 1 }, false],
    ["an incident", { incidents: 1 }, false],
    ["a lost minute", { uptimes: [{ name: "Weather", uptimeRatio: 0.9999 }] }, false],
  ])("%s says nothing: %#", (_name, week, isNone) => {
    expect(weekly(week) === null).toBe(isNone);
  });

  test("shows uptimes the worst first, never rounded up, the unmeasured last", () => {
    const uptimes = [
      { name: "B", uptimeRatio: 0.99999 },
      { name: "C", uptimeRatio: null },
      { name: "A", uptimeRatio: 0.5 },
      { name: "D", uptimeRatio: 1 },
    ];
    expect(weekly({ uptimes })?.facts).toEqual([
      { label: "A", value: "50.00 %" },
      { label: "B", value: "99.99 %" },
      { label: "D", value: "100.00 %" },
      { label: "C", value: "not measured" },
    ]);
  });

  test("counts the endpoints it does not name", () => {
    const uptimes = Array.from({ length: 500 }, (_, n) => ({ name: `E${n}`, uptimeRatio: 0.9 + n / 10_000 }));
    const facts = weekly({ uptimes })?.facts;
    expect(facts).toHaveLength(10);
    expect(facts?.at(-1)).toEqual({ label: "491 others", value: "90.09 % or better" });
  });

  test("says of endpoints that were not measured nothing else", () => {
    const uptimes = Array.from({ length: 20 }, (_, n) => ({
      name: `E${n}`,
      uptimeRatio: n < 5 ? 0.5 : null,
    }));
    expect(weekly({ uptimes })?.facts.at(-1)).toEqual({ label: "11 others", value: "not measured" });
  });

  test("says its figures in the title", () => {
    expect(weekly({ small: [folded(1)], smallTotal: 1, incidents: 2 })?.title).toBe(
      "Your week: 2 incidents, 1 small thing",
    );
  });
});

test("whatever strangers call their endpoints, a digest is a valid message that loses no entry's count", () => {
  const entry = fc.record({
    title: fc.string({ unit: "binary", maxLength: 400 }),
    atMs: fc.nat({ max: t0 }),
    url: fc.constant(null),
    severity: fc.constantFrom("P1" as const, "P2" as const, null),
  });
  const uptime = fc.record({
    name: fc.string({ unit: "binary", maxLength: 300 }),
    uptimeRatio: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  });
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 1, maxLength: 120 }),
      fc.nat({ max: 9_000 }),
      fc.array(uptime, { maxLength: 40 }),
      (entries, more, uptimes) => {
        const total = entries.length + more;
        const week = { small: entries, smallTotal: total, uptimes, incidents: 0 };
        for (const digest of [hourly(entries, total), weeklyDigest(week, frame)]) {
          const message = alertMessageSchema.parse(digest);
          expect(message.entries.length + message.entriesLeftOut).toBe(total);
          expect(message.entries.length).toBe(Math.min(entries.length, DIGEST_ENTRIES_MAX));
        }
      },
    ),
  );
});
