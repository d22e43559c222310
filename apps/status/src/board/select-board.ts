import type { PublicState } from "@alivemcp/core/states";
import type { EndpointReading } from "../endpoint-reading.ts";
import type { BoardQuery, BoardSort } from "./board-query.ts";

export interface BoardPage {
  readonly rows: readonly EndpointReading[];
  /** Endpoints that match text, transport and era, by state: the figures beside the state filter. */
  readonly countByState: Readonly<Record<PublicState, number>>;
  /** Endpoints that match everything. */
  readonly matches: number;
  readonly page: number;
  readonly pages: number;
}

const ROWS_PER_PAGE = 50;

/** Chooses and orders the rows of one page. Pure; a page beyond the last is the last. Ties are ordered by slug. */
export function selectBoard(readings: Iterable<EndpointReading>, query: BoardQuery): BoardPage {
  const countByState = { live: 0, degraded: 0, down: 0, unknown: 0 };
  const matching: EndpointReading[] = [];
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const reading of readings) {
    if (isAskedFor(reading, query, words)) {
      countByState[reading.status.state] += 1;
      if (query.state === null || reading.status.state === query.state) {
        matching.push(reading);
      }
    }
  }
  matching.sort((a, b) => COMPARE[query.sort](a, b) || compareText(a.endpoint.slug, b.endpoint.slug));
  const pages = Math.max(1, Math.ceil(matching.length / ROWS_PER_PAGE));
  const page = Math.min(query.page, pages);
  return {
    rows: matching.slice((page - 1) * ROWS_PER_PAGE, page * ROWS_PER_PAGE),
    countByState,
    matches: matching.length,
    page,
    pages,
  };
}

function isAskedFor(
  { endpoint, searchText }: EndpointReading,
  query: BoardQuery,
  words: readonly string[],
): boolean {
  if (query.transport !== null && (endpoint.measured?.transport ?? null) !== query.transport) {
    return false;
  }
  if (query.era !== null && (endpoint.measured?.era ?? null) !== query.era) {
    return false;
  }
  return words.every((word) => searchText.includes(word));
}

const TROUBLE_FIRST: Record<PublicState, number> = { down: 0, degraded: 1, unknown: 2, live: 3 };
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
/** Rows without the figure come last, whichever end is first. */
const ascending = (a: number | null, b: number | null) =>
  (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY) || 0;
const descending = (a: number | null, b: number | null) =>
  (b ?? Number.NEGATIVE_INFINITY) - (a ?? Number.NEGATIVE_INFINITY) || 0;

const COMPARE: Record<BoardSort, (a: EndpointReading, b: EndpointReading) => number> = {
  name: (a, b) => compareText(a.sortName, b.sortName),
  state: (a, b) => TROUBLE_FIRST[a.status.state] - TROUBLE_FIRST[b.status.state],
  uptime: (a, b) => ascending(a.windows.uptime["30d"], b.windows.uptime["30d"]),
  latency: (a, b) => descending(a.windows.latencyMsP50Of24h, b.windows.latencyMsP50Of24h),
  changed: (a, b) => descending(a.committedSinceMs, b.committedSinceMs),
};
