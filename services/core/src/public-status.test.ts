import { describe, expect, test } from "vitest";
import { judgePublicStatus, publicStateOf, type StatusEvidence, staleAfterMs } from "./public-status.ts";

const MINUTE_MS = 60_000;
const t0 = Date.UTC(2026, 10, 20, 12, 0, 0);
const up = { state: "up", reason: null, flags: [] } as const;
const seen: StatusEvidence = {
  committed: up,
  raw: { state: "up", reason: null },
  lastProbeAtMs: t0 - 20_000,
  cadenceMs: MINUTE_MS,
};

describe("judgePublicStatus", () => {
  const cases: [string, Partial<StatusEvidence>, Partial<ReturnType<typeof judgePublicStatus>>][] = [
    ["an endpoint confirmed up is live", {}, { state: "live", isStale: false, basis: "committed" }],
    [
      "one bad minute does not turn a confirmed endpoint red",
      { raw: { state: "down", reason: "timeout" } },
      { state: "live", reason: null },
    ],
    [
      "one good minute does not turn a confirmed outage green",
      { committed: { state: "down", reason: "timeout", flags: [] } },
      { state: "down", reason: "timeout" },
    ],
    [
      "the degraded flag shows as degraded",
      { committed: { state: "up", reason: "latency", flags: ["degraded"] } },
      { state: "degraded", reason: "latency" },
    ],
    [
      "a login wall is live and says that a login is required",
      { committed: { state: "up", reason: "auth_required", flags: ["auth_walled"] } },
      { state: "live", isAuthRequired: true },
    ],
    [
      "a login wall with a broken challenge is degraded",
      { committed: { state: "up", reason: "auth_challenge_malformed", flags: ["auth_walled"] } },
      { state: "degraded", isAuthRequired: true },
    ],
    [
      "a login wall that is also degraded keeps both",
      { committed: { state: "up", reason: "http_error", flags: ["degraded", "auth_walled"] } },
      { state: "degraded", isAuthRequired: true },
    ],
    [
      "flapping is told beside the state",
      { committed: { state: "down", reason: "http_error", flags: ["flapping"] } },
      { state: "down", isFlapping: true },
    ],
    [
      "while nothing is committed the latest minute speaks",
      {
        committed: { state: "unknown", reason: null, flags: [] },
        raw: { state: "down", reason: "dns_failure" },
      },
      { state: "down", reason: "dns_failure", basis: "latest-minute" },
    ],
    [
      "nothing committed and nothing measured is unknown",
      { committed: null, raw: null },
      { basis: "never-probed" },
    ],
    [
      "an endpoint never probed is unknown, not stale",
      { committed: null, raw: null, lastProbeAtMs: null },
      { state: "unknown", isStale: false, basis: "never-probed" },
    ],
    [
      "an archived state without its latest probe is shown, as stale",
      { raw: null, lastProbeAtMs: null },
      { state: "live", isStale: true },
    ],
    [
      "news older than two slots is marked stale",
      { lastProbeAtMs: t0 - staleAfterMs(MINUTE_MS) - 1 },
      { state: "live", isStale: true },
    ],
    [
      "news of exactly two slots is not stale yet",
      { lastProbeAtMs: t0 - staleAfterMs(MINUTE_MS) },
      { isStale: false },
    ],
    [
      "a slow cadence is not stale for being slow",
      { cadenceMs: 60 * MINUTE_MS, lastProbeAtMs: t0 - 100 * MINUTE_MS },
      { state: "live", isStale: false },
    ],
    [
      "an hour after that we no longer know",
      { lastProbeAtMs: t0 - staleAfterMs(MINUTE_MS) - 60 * MINUTE_MS - 1 },
      { state: "unknown", isStale: true, reason: null, basis: "too-old" },
    ],
    [
      "when our own regions see nothing, what was committed is stale at once",
      { raw: { state: "unknown", reason: "probe_error" } },
      { state: "live", isStale: true },
    ],
    [
      "a first minute that measured nothing is unknown, not stale",
      { committed: null, raw: { state: "unknown", reason: "probe_error" } },
      { state: "unknown", isStale: false },
    ],
  ];
  test.each(cases)("%s", (_name, change, expected) => {
    expect(judgePublicStatus({ ...seen, ...change }, t0)).toMatchObject(expected);
  });
});

test("every probe state has one public word", () => {
  expect(publicStateOf("up", null)).toEqual({ state: "live", isAuthRequired: false });
  expect(publicStateOf("degraded", "latency")).toEqual({ state: "degraded", isAuthRequired: false });
  expect(publicStateOf("down", "timeout")).toEqual({ state: "down", isAuthRequired: false });
  expect(publicStateOf("auth_walled", "auth_required")).toEqual({ state: "live", isAuthRequired: true });
  expect(publicStateOf("unknown", "probe_error")).toEqual({ state: "unknown", isAuthRequired: false });
});
