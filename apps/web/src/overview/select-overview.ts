import type { WatchedReading } from "@alivemcp/actions/watched/watched-reading";
import type { OverviewFilter, OverviewQuery, OverviewSort } from "./overview-query.ts";
import { type Trouble, troubleRank, troublesOf } from "./trouble-of.ts";

export interface OverviewRow {
  readonly reading: WatchedReading;
  readonly troubles: readonly Trouble[];
}

export interface Overview {
  /** Everything that is wrong now, the worst first, whatever the filters say. */
  readonly wrong: readonly OverviewRow[];
  readonly rows: readonly OverviewRow[];
  /** Endpoints that match the text, tag and group, by filter. */
  readonly counts: Readonly<Record<OverviewFilter | "all", number>>;
  readonly total: number;
  /** Endpoints that match everything. */
  readonly matches: number;
  readonly page: number;
  readonly pages: number;
  readonly tags: readonly string[];
  readonly groups: readonly string[];
}

const ROWS_PER_PAGE = 50;

/** Chooses and orders what one page shows. Pure; a page beyond the last is the last. Ties are ordered by number. */
export function selectOverview(
  readings: readonly WatchedReading[],
  query: OverviewQuery,
  nowMs: number,
): Overview {
  const all = readings.map((reading): OverviewRow => ({ reading, troubles: troublesOf(reading, nowMs) }));
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const asked = all.filter(({ reading }) => isAskedFor(reading, query, words));
  const matching = asked.filter((row) => query.show === null || isShown(row, query.show));
  const pages = Math.max(1, Math.ceil(matching.length / ROWS_PER_PAGE));
  const page = Math.min(query.page, pages);
  return {
    wrong: sortRows(
      all.filter((row) => row.troubles.length > 0),
      "state",
    ),
    rows: sortRows(matching, query.sort).slice((page - 1) * ROWS_PER_PAGE, page * ROWS_PER_PAGE),
    counts: countsOf(asked),
    total: readings.length,
    matches: matching.length,
    page,
    pages,
    tags: distinct(readings.flatMap(({ endpoint }) => endpoint.tags)),
    groups: distinct(readings.flatMap(({ endpoint }) => endpoint.group ?? [])),
  };
}

function isAskedFor({ endpoint }: WatchedReading, query: OverviewQuery, words: readonly string[]): boolean {
  if (query.tag !== null && !endpoint.tags.includes(query.tag)) {
    return false;
  }
  if (query.group !== null && endpoint.group !== query.group) {
    return false;
  }
  const text = `${endpoint.name} ${endpoint.url} ${endpoint.slug} ${endpoint.tags.join(" ")}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function isShown({ reading, troubles }: OverviewRow, filter: OverviewFilter): boolean {
  const isPaused = reading.endpoint.pausedAtMs !== null;
  switch (filter) {
    case "trouble":
      return troubles.length > 0;
    case "paused":
      return isPaused;
    default:
      return !isPaused && reading.status.state === filter;
  }
}

function countsOf(rows: readonly OverviewRow[]): Overview["counts"] {
  const count = (filter: OverviewFilter) => rows.filter((row) => isShown(row, filter)).length;
  return {
    all: rows.length,
    trouble: count("trouble"),
    down: count("down"),
    degraded: count("degraded"),
    live: count("live"),
    unknown: count("unknown"),
    paused: count("paused"),
  };
}

function sortRows(rows: readonly OverviewRow[], sort: OverviewSort): OverviewRow[] {
  return rows.toSorted(
    (a, b) => COMPARE[sort](a, b) || a.reading.endpoint.number - b.reading.endpoint.number,
  );
}

/** Rows without the figure come last, whichever end is first. */
const ascending = (a: number | null, b: number | null) =>
  (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY) || 0;
const descending = (a: number | null, b: number | null) =>
  (b ?? Number.NEGATIVE_INFINITY) - (a ?? Number.NEGATIVE_INFINITY) || 0;
const sortName = ({ reading }: OverviewRow) => reading.endpoint.name.toLowerCase();
const uptime30d = ({ reading }: OverviewRow) => reading.windows.uptime["30d"];
const p95 = ({ reading }: OverviewRow) => reading.windows.latencyMsP95Of24h;

const COMPARE: Record<OverviewSort, (a: OverviewRow, b: OverviewRow) => number> = {
  name: (a, b) => (sortName(a) < sortName(b) ? -1 : sortName(a) > sortName(b) ? 1 : 0),
  state: (a, b) => troubleRank(a.troubles) - troubleRank(b.troubles),
  uptime: (a, b) => ascending(uptime30d(a), uptime30d(b)),
  latency: (a, b) => descending(p95(a), p95(b)),
  newest: (a, b) => b.reading.endpoint.createdAtMs - a.reading.endpoint.createdAtMs,
};

const distinct = (words: readonly string[]) => [...new Set(words)].toSorted();
