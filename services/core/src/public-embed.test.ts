import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { floorPercent, toEmbedStatus } from "./public-embed.ts";

const t0 = Date.UTC(2026, 10, 20, 12, 0, 0);

describe("floorPercent", () => {
  test.each([
    [null, null],
    [1, 100],
    [0.99996, 99.99],
    [0.9999, 99.99],
    [1439 / 1440, 99.93],
    [1 - 1e-12, 99.99],
    [0.07, 7],
    [0, 0],
  ])("%s reads %s", (ratio, expected) => {
    expect(floorPercent(ratio)).toBe(expected);
  });

  test("a window with one bad minute never reads 100, and no figure is above the measured one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 129_600 }), fc.integer({ min: 1, max: 129_600 }), (all, bad) => {
        fc.pre(bad <= all);
        const ratio = (all - bad) / all;
        const percent = floorPercent(ratio) ?? Number.NaN;
        expect(percent).toBeLessThan(100);
        expect(percent).toBeLessThanOrEqual(ratio * 100 + 1e-9);
        expect(percent).toBeGreaterThan(ratio * 100 - 0.01 - 1e-9);
      }),
    );
  });
});

describe("toEmbedStatus", () => {
  const status = {
    state: "live",
    isAuthRequired: true,
    isFlapping: false,
    isStale: false,
    reason: "auth_required",
    basis: "committed",
  } as const;
  const input = {
    slug: "acme",
    status,
    lastProbeAtMs: t0,
    uptimeRatio24h: 0.99999,
    uptimeRatio30d: null,
    latencyMsP95Of24h: 181.6,
    lastDriftAtMs: t0 - 86_399_999,
    statusPageUrl: "https://status.example/status/acme",
  };

  test("the shape has exactly these fields in this order", () => {
    expect(JSON.stringify(toEmbedStatus(input, t0))).toBe(
      '{"slug":"acme","status":"live","auth_required":true,"last_probe_at":"2026-11-20T12:00:00.000Z",' +
        '"uptime_24h_pct":99.99,"uptime_30d_pct":null,"p95_latency_ms_24h":182,"schema_drift_in_last_24h":true,' +
        '"status_page_url":"https://status.example/status/acme"}',
    );
  });
  test("a drift of exactly a day ago is no longer within the last 24 hours", () => {
    const embed = toEmbedStatus({ ...input, lastDriftAtMs: t0 - 86_400_000 }, t0);
    expect(embed.schema_drift_in_last_24h).toBe(false);
  });
  test("an endpoint never probed has nulls, not zeros", () => {
    const embed = toEmbedStatus(
      { ...input, lastProbeAtMs: null, latencyMsP95Of24h: null, lastDriftAtMs: null },
      t0,
    );
    expect(embed).toMatchObject({
      last_probe_at: null,
      p95_latency_ms_24h: null,
      schema_drift_in_last_24h: false,
    });
  });
});
