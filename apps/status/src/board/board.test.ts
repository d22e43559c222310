import { NO_WINDOWS } from "@alivemcp/core/endpoint-windows";
import { PUBLIC_STATES, type PublicState } from "@alivemcp/core/states";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EndpointReading } from "../endpoint-reading.ts";
import { BOARD_SORTS, boardPath, parseBoardQuery } from "./board-query.ts";
import { selectBoard } from "./select-board.ts";

const EVERYTHING = parseBoardQuery(new URLSearchParams());

function reading(
  slug: string,
  change: {
    state?: PublicState;
    transport?: "http" | "sse";
    era?: "legacy" | "modern";
    uptime?: number;
    p50?: number;
    since?: number;
  } = {},
): EndpointReading {
  return {
    endpoint: {
      slug,
      name: slug.toUpperCase(),
      url: `https://${slug}.example/mcp`,
      visibility: "public",
      standing: "added",
      transport: "auto",
      regions: [],
      cadenceMs: 60_000,
      watchedSinceMs: 0,
      isPaused: false,
      measured: {
        era: change.era ?? "legacy",
        transport: change.transport ?? "http",
        protocolVersion: null,
        server: null,
        toolsCount: null,
      },
    },
    sortName: slug,
    searchText: `${slug} https://${slug}.example/mcp`,
    status: {
      state: change.state ?? "live",
      isAuthRequired: false,
      isFlapping: false,
      isStale: false,
      reason: null,
      basis: "committed",
    },
    committedSinceMs: change.since ?? null,
    latest: null,
    isConfirming: false,
    lastProbeAtMs: null,
    lastDriftAtMs: null,
    windows: {
      ...NO_WINDOWS,
      uptime: { ...NO_WINDOWS.uptime, "30d": change.uptime ?? null },
      latencyMsP50Of24h: change.p50 ?? null,
    },
  };
}
const slugs = (query: string, readings: EndpointReading[]) =>
  selectBoard(readings, parseBoardQuery(new URLSearchParams(query))).rows.map((row) => row.endpoint.slug);

describe("the board's URL", () => {
  test("one query has one URL, and reading it gives the query back", () => {
    const query = fc.record({
      text: fc.string({ maxLength: 60 }).map((text) => text.trim()),
      state: fc.constantFrom(null, ...PUBLIC_STATES),
      transport: fc.constantFrom(null, "http" as const, "sse" as const),
      era: fc.constantFrom(null, "legacy" as const, "modern" as const),
      sort: fc.constantFrom(...BOARD_SORTS),
      page: fc.integer({ min: 1, max: 9_999 }),
    });
    fc.assert(
      fc.property(query, (asked) => {
        const path = boardPath(asked, { page: asked.page });
        expect(parseBoardQuery(new URL(path, "https://a.example").searchParams)).toEqual(asked);
      }),
    );
  });
  test("a changed filter begins at the first page again", () => {
    expect(boardPath({ ...EVERYTHING, page: 7 }, { state: "down" })).toBe("/?state=down");
  });
  test.each([
    "page=0",
    "page=-1",
    "page=1.5",
    "page=x",
    "page=99999999",
    "state=up",
    "sort=evil",
    "era=",
    "q=%20",
  ])("%s is no filter, and an old link still shows a board", (text) => {
    expect(boardPath(parseBoardQuery(new URLSearchParams(text)))).toBe("/");
  });
});

describe("what the board shows", () => {
  const all = [
    reading("alpha", { state: "down", uptime: 0.5, p50: 300, since: 3, transport: "sse" }),
    reading("beta", { state: "live", uptime: 0.9, p50: 100, since: 1, era: "modern" }),
    reading("gamma", { state: "unknown" }),
    reading("delta", { state: "degraded", uptime: 0.7, since: 2 }),
  ];
  test.each([
    ["", ["alpha", "beta", "delta", "gamma"]],
    ["sort=state", ["alpha", "delta", "gamma", "beta"]],
    ["sort=uptime", ["alpha", "delta", "beta", "gamma"]],
    ["sort=latency", ["alpha", "beta", "delta", "gamma"]],
    ["sort=changed", ["alpha", "delta", "beta", "gamma"]],
    ["state=down", ["alpha"]],
    ["transport=sse", ["alpha"]],
    ["era=modern", ["beta"]],
    ["q=ALPHA", ["alpha"]],
    ["q=example%20eta", ["beta"]],
    ["q=nothing", []],
  ])("?%s shows %j", (query, expected) => {
    expect(slugs(query, all)).toEqual(expected);
  });

  test("the figures beside the states count what the other filters leave", () => {
    const board = selectBoard(all, parseBoardQuery(new URLSearchParams("state=down&era=legacy")));
    expect(board.countByState).toEqual({ live: 0, degraded: 1, down: 1, unknown: 1 });
    expect(board.matches).toBe(1);
  });

  test("pages together hold every row once, in one order, and a page beyond the last is the last", () => {
    const many = Array.from({ length: 123 }, (_, n) => reading(`e${String(n).padStart(3, "0")}`));
    const pages = [1, 2, 3].flatMap((page) => slugs(`page=${page}`, many));
    expect(new Set(pages).size).toBe(123);
    expect(pages).toEqual(pages.toSorted());
    expect(slugs("page=99", many)).toEqual(slugs("page=3", many));
  });
});
