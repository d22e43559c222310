import { expect, test } from "vitest";
import { type AnnouncedMaintenance, isUnderWay, publicMaintenances } from "./public-maintenance.ts";

const t0 = Date.UTC(2026, 10, 20, 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ONCE: AnnouncedMaintenance = {
  id: "w",
  endpointId: "a",
  name: "Database\u202e move",
  note: " We move.\n\n\n\u0000 ",
  startsAtMs: t0 + HOUR_MS,
  endsAtMs: t0 + 2 * HOUR_MS,
  recurrence: null,
  cancelledAtMs: null,
};
const WEEKLY = {
  ...ONCE,
  recurrence: { timeZone: "UTC", weekdays: [5], start: "13:00", durationMinutes: 60, untilMs: null },
};

test.each<[string, AnnouncedMaintenance[], number[]]>([
  ["one ahead", [ONCE], [t0 + HOUR_MS]],
  ["one that lasts", [{ ...ONCE, startsAtMs: t0 - HOUR_MS }], [t0 - HOUR_MS]],
  ["one that is over", [{ ...ONCE, startsAtMs: t0 - HOUR_MS, endsAtMs: t0 }], []],
  ["one too far ahead", [{ ...ONCE, startsAtMs: t0 + 15 * DAY_MS, endsAtMs: t0 + 16 * DAY_MS }], []],
  ["one that was cancelled", [{ ...ONCE, cancelledAtMs: t0 }], []],
  ["a weekly one, every time", [WEEKLY], [t0 + HOUR_MS, t0 + 7 * DAY_MS + HOUR_MS]],
  ["one that cannot be read", [{ ...ONCE, recurrence: { every: "day" } }], []],
])("the public is told of what lasts or comes within 14 days: %s", (_case, announced, starts) => {
  expect(publicMaintenances(announced, t0).map(({ startsAtMs }) => startsAtMs)).toEqual(starts);
});

test("a window over several endpoints is one announcement, in clean words", () => {
  expect(publicMaintenances([ONCE, { ...ONCE, endpointId: "b" }], t0)).toEqual([
    {
      id: `w-${t0 + HOUR_MS}`,
      name: "Database move",
      note: "We move.",
      startsAtMs: t0 + HOUR_MS,
      endsAtMs: t0 + 2 * HOUR_MS,
      endpointIds: ["a", "b"],
    },
  ]);
});

test("its start is in it, its end is not", () => {
  const [one] = publicMaintenances([ONCE], t0);
  const at = [t0, t0 + HOUR_MS, t0 + 2 * HOUR_MS - 1, t0 + 2 * HOUR_MS];
  expect(at.map((nowMs) => one !== undefined && isUnderWay(one, nowMs))).toEqual([false, true, true, false]);
});
