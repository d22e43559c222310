import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alertOfExpiry, EXPIRY_STEP_DAYS, type Expiring, expiryStepOf } from "./alert-of-expiry.ts";

const DAY_MS = 86_400_000;
const t0 = Date.UTC(2026, 10, 21);
const expiring = (change: Partial<Expiring> = {}): Expiring => ({
  what: "certificate",
  endpointId: "e",
  expiresAtMs: t0,
  isRenewedByUs: false,
  ...change,
});

describe("what runs out", () => {
  test.each<[name: string, daysLeft: number, step: number | null]>([
    ["in more than 30 days is not warned of", 30.01, null],
    ["in 30 days is warned of", 30, 30],
    ["in more than 14 days is at the first step", 14.01, 30],
    ["in 14 days is at the second", 14, 14],
    ["in 7 days is at the third", 7, 7],
    ["in 5 days is at the third, and not at those before", 5, 7],
    ["in 3 days is at the last", 3, 3],
    ["in a moment is at the last", 0.001, 3],
    ["now is over", 0, null],
    ["yesterday is over", -1, null],
  ])("%s", (_name, daysLeft, step) => {
    expect(expiryStepOf(expiring(), t0 - daysLeft * DAY_MS)).toBe(step);
  });

  test("is not warned of when we renew it ourselves", () => {
    const token = expiring({ what: "credential", isRenewedByUs: true });
    expect(alertOfExpiry(token, "t", t0 - DAY_MS)).toBeNull();
  });

  test("is one alert per step and end", () => {
    expect(alertOfExpiry(expiring(), "t", t0 - 3 * DAY_MS)).toEqual({
      tenantId: "t",
      endpointId: "e",
      alertKey: `certificate:e:${t0}:3`,
      dedupKey: `certificate:e:${t0}`,
      event: "certificate.expiring",
      severity: "P3",
      atMs: t0 - 3 * DAY_MS,
      isTest: false,
      facts: { kind: "expiry", what: "certificate", expiresAtMs: t0, days: 3 },
    });
    const credential = alertOfExpiry(expiring({ what: "credential" }), "t", t0 - DAY_MS);
    expect(credential).toMatchObject({ event: "credential.expiring", alertKey: `credential:e:${t0}:3` });
  });

  test("is warned of at most four times, in order, however often it is looked at", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -2, max: 60, noNaN: true }), { maxLength: 200 }), (daysLeft) => {
        const steps = daysLeft
          .toSorted((a, b) => b - a)
          .flatMap((days) => expiryStepOf(expiring(), t0 - days * DAY_MS) ?? []);
        const told = [...new Set(steps)];
        expect(EXPIRY_STEP_DAYS.filter((days) => told.includes(days))).toEqual(told);
      }),
    );
  });
});
