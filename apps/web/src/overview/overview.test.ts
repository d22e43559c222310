/** The pure parts of the overview: its URL, what counts as trouble, what a page holds. */
import type { WatchedReading } from "@alivemcp/actions/watched/watched-reading";
import { NO_WINDOWS } from "@alivemcp/core/endpoint-windows";
import type { PublicStatus } from "@alivemcp/core/public-status";
import type { WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OVERVIEW_FILTERS, OVERVIEW_SORTS, overviewSearch, parseOverviewQuery } from "./overview-query.ts";
import { selectOverview } from "./select-overview.ts";
import { troublesOf } from "./trouble-of.ts";

const t0 = Date.UTC(2026, 10, 20, 12, 0, 0);
const DAY_MS = 86_400_000;
let number = 0;

const reading = (
  name: string,
  change: {
    readonly endpoint?: Partial<WatchedEndpoint>;
    readonly status?: Partial<PublicStatus>;
    readonly uptime?: number;
    readonly p95?: number;
    readonly isConfirming?: boolean;
  } = {},
): WatchedReading => ({
  endpoint: {
    id: name,
    number: ++number,
    slug: name.toLowerCase(),
    name,
    url: `https://${name.toLowerCase()}.example/mcp`,
    visibility: "unlisted",
    standing: "added",
    transport: "auto",
    cadenceMs: 60_000,
    regions: [],
    tags: [],
    group: null,
    pausedAtMs: null,
    firstWatchedAtMs: t0 - 30 * DAY_MS,
    createdAtMs: t0 - 30 * DAY_MS,
    isFollowed: false,
    archived: null,
    measured: null,
    lints: [],
    tlsExpiresAtMs: null,
    openDrift: { count: 0, isBreaking: false, isSuspicious: false },
    ...change.endpoint,
  },
  status: {
    state: "live",
    isAuthRequired: false,
    isFlapping: false,
    isStale: false,
    reason: null,
    basis: "committed",
    ...change.status,
  },
  committedSinceMs: t0 - 3_600_000,
  latest: { state: "up", reason: null, minute: 0, atMs: t0 - 30_000, latencyMs: 10 },
  isConfirming: change.isConfirming ?? false,
  windows: {
    ...NO_WINDOWS,
    uptime: { ...NO_WINDOWS.uptime, "30d": change.uptime ?? null },
    latencyMsP95Of24h: change.p95 ?? null,
  },
});
const ask = (search: string) => parseOverviewQuery(new URLSearchParams(search));
const EVERYTHING = ask("");

describe("the overview's URL", () => {
  test("one query has one URL, and reading it gives the query back", () => {
    const word = fc
      .string({ maxLength: 60 })
      .map((text) => text.trim())
      .filter((text) => text !== "");
    const query = fc.record({
      text: fc.oneof(fc.constant(""), word),
      show: fc.constantFrom(null, ...OVERVIEW_FILTERS),
      tag: fc.oneof(fc.constant(null), word),
      group: fc.oneof(fc.constant(null), word),
      sort: fc.constantFrom(...OVERVIEW_SORTS),
      page: fc.integer({ min: 1, max: 999 }),
    });
    fc.assert(
      fc.property(query, (asked) => {
        expect(ask(overviewSearch(asked, { page: asked.page }))).toEqual(asked);
      }),
    );
  });
  test.each(["page=0", "page=1.5", "page=9999", "show=up", "sort=evil", "q=%20", "tag="])(
    "%s is no filter, and an old link still shows endpoints",
    (search) => {
      expect(overviewSearch(ask(search))).toBe("");
    },
  );
});

describe("what needs a look", () => {
  const certificate = (inMs: number) => ({ endpoint: { tlsExpiresAtMs: t0 + inMs } });
  const drift = (isBreaking: boolean, isSuspicious: boolean) => ({
    endpoint: { openDrift: { count: 1, isBreaking, isSuspicious } },
  });
  const cases: [string, WatchedReading, string[]][] = [
    ["all is well: nothing", reading("A"), []],
    ["a confirmed outage", reading("A", { status: { state: "down", reason: "timeout" } }), ["down"]],
    [
      "an outage that nobody confirmed is not called down",
      reading("A", { status: { state: "down", basis: "latest-minute" } }),
      ["confirming"],
    ],
    ["looks that are open", reading("A", { isConfirming: true }), ["confirming"]],
    ["degraded", reading("A", { status: { state: "degraded" } }), ["degraded"]],
    ["not measured lately", reading("A", { status: { isStale: true } }), ["unmeasured"]],
    ["never measured", reading("A", { status: { state: "unknown" } }), ["unmeasured"]],
    [
      "new, and its first result still to come",
      reading("A", { status: { state: "unknown" }, endpoint: { createdAtMs: t0 - 10_000 } }),
      [],
    ],
    ["a breaking change nobody accepted", reading("A", drift(true, false)), ["breaking-drift"]],
    ["a harmless change", reading("A", drift(false, false)), []],
    ["new instructions, breaking or not", reading("A", drift(true, true)), ["suspicious-drift"]],
    ["a certificate of 13 days", reading("A", certificate(13 * DAY_MS)), ["certificate"]],
    ["a certificate of 15 days", reading("A", certificate(15 * DAY_MS)), []],
    [
      "somebody else's certificate is not ours to renew",
      reading("A", { endpoint: { tlsExpiresAtMs: t0, isFollowed: true } }),
      [],
    ],
    [
      "a paused endpoint is left alone",
      reading("A", { status: { state: "down" }, endpoint: { pausedAtMs: t0 } }),
      [],
    ],
  ];
  test.each(cases)("%s", (_name, input, expected) => {
    expect(troublesOf(input, t0).map(({ kind }) => kind)).toEqual(expected);
  });
});

describe("what a page holds", () => {
  const all = [
    reading("Alpha", { uptime: 0.9, p95: 900, endpoint: { tags: ["eu", "pay"], group: "Core" } }),
    reading("beta", { uptime: 0.5, status: { state: "down" }, endpoint: { createdAtMs: t0 } }),
    reading("Gamma", { p95: 100, status: { state: "degraded" }, endpoint: { tags: ["eu"] } }),
    reading("delta", { endpoint: { pausedAtMs: t0, group: "Core" } }),
  ];
  const names = (search: string) =>
    selectOverview(all, ask(search), t0).rows.map((row) => row.reading.endpoint.name);
  test.each([
    ["", ["Alpha", "beta", "delta", "Gamma"]],
    ["sort=state", ["beta", "Gamma", "Alpha", "delta"]],
    ["sort=uptime", ["beta", "Alpha", "Gamma", "delta"]],
    ["sort=latency", ["Alpha", "Gamma", "beta", "delta"]],
    ["sort=newest", ["beta", "Alpha", "Gamma", "delta"]],
    ["show=trouble", ["beta", "Gamma"]],
    ["show=paused", ["delta"]],
    ["show=live", ["Alpha"]],
    ["tag=eu", ["Alpha", "Gamma"]],
    ["group=Core&tag=eu", ["Alpha"]],
    ["q=PAY", ["Alpha"]],
    ["q=example+gam", ["Gamma"]],
    ["q=nothing", []],
  ])("?%s shows %j", (search, expected) => {
    expect(names(search)).toEqual(expected);
  });
  test("filters hide no trouble: what is wrong is listed whatever was searched for", () => {
    const { wrong, counts } = selectOverview(all, ask("q=alpha"), t0);
    expect(wrong.map((row) => row.reading.endpoint.name)).toEqual(["beta", "Gamma"]);
    expect(counts).toEqual({ all: 1, trouble: 0, down: 0, degraded: 0, live: 1, unknown: 0, paused: 0 });
  });
  test("pages together hold every row once, in one order, and a page beyond the last is the last", () => {
    const many = Array.from({ length: 123 }, (_, index) => reading(`e${String(index).padStart(3, "0")}`));
    const pageOf = (page: number) =>
      selectOverview(many, { ...EVERYTHING, page }, t0).rows.map((row) => row.reading.endpoint.name);
    const pages = [1, 2, 3].flatMap(pageOf);
    expect(new Set(pages).size).toBe(123);
    expect(pages).toEqual(pages.toSorted());
    expect(pageOf(99)).toEqual(pageOf(3));
  });
});
