export const OVERVIEW_FILTERS = ["trouble", "down", "degraded", "live", "unknown", "paused"] as const;
export type OverviewFilter = (typeof OVERVIEW_FILTERS)[number];
export const OVERVIEW_SORTS = ["name", "state", "uptime", "latency", "newest"] as const;
export type OverviewSort = (typeof OVERVIEW_SORTS)[number];

/** What a person asked of the overview. Null = no filter. */
export interface OverviewQuery {
  readonly text: string;
  readonly show: OverviewFilter | null;
  readonly tag: string | null;
  readonly group: string | null;
  readonly sort: OverviewSort;
  /** From 1. */
  readonly page: number;
}

const TEXT_CHARS_MAX = 200;
const PAGE_MAX = 1_000;

/** Reads the query string. A word it does not know is no filter: an old link still shows endpoints. */
export function parseOverviewQuery(params: URLSearchParams): OverviewQuery {
  const page = Number(params.get("page") ?? "1");
  return {
    text: words(params.get("q")) ?? "",
    show: oneOf(OVERVIEW_FILTERS, params.get("show")),
    tag: words(params.get("tag")),
    group: words(params.get("group")),
    sort: oneOf(OVERVIEW_SORTS, params.get("sort")) ?? "name",
    page: Number.isInteger(page) && page >= 1 && page <= PAGE_MAX ? page : 1,
  };
}

/** The query string of a query, parameters in a fixed order, defaults left out; empty or beginning with `?`. */
export function overviewSearch(query: OverviewQuery, change: Partial<OverviewQuery> = {}): string {
  const { text, show, tag, group, sort, page } = { ...query, page: 1, ...change };
  const params = new URLSearchParams();
  const pairs: [string, string | null][] = [
    ["q", text === "" ? null : text],
    ["show", show],
    ["tag", tag],
    ["group", group],
    ["sort", sort === "name" ? null : sort],
    ["page", page === 1 ? null : String(page)],
  ];
  for (const [name, value] of pairs) {
    if (value !== null) {
      params.set(name, value);
    }
  }
  return params.size === 0 ? "" : `?${params}`;
}

function words(text: string | null): string | null {
  const trimmed = (text ?? "").trim().slice(0, TEXT_CHARS_MAX).toWellFormed().trim();
  return trimmed === "" ? null : trimmed;
}

function oneOf<const T extends readonly string[]>(allowed: T, word: string | null): T[number] | null {
  return allowed.find((candidate) => candidate === word) ?? null;
}
