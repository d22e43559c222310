import { ERAS, type Era, PUBLIC_STATES, type PublicState } from "@alivemcp/core/states";

export const BOARD_SORTS = ["name", "state", "uptime", "latency", "changed"] as const;
export type BoardSort = (typeof BOARD_SORTS)[number];
const BOARD_TRANSPORTS = ["http", "sse"] as const;
type BoardTransport = (typeof BOARD_TRANSPORTS)[number];

/** What a reader asked of the board. Null = no filter. */
export interface BoardQuery {
  readonly text: string;
  readonly state: PublicState | null;
  readonly transport: BoardTransport | null;
  readonly era: Era | null;
  readonly sort: BoardSort;
  /** From 1. */
  readonly page: number;
}

const TEXT_CHARS_MAX = 200;
const PAGE_MAX = 10_000;

/** Reads the query string of the board. A word it does not know is no filter: an old link still shows a board. */
export function parseBoardQuery(params: URLSearchParams): BoardQuery {
  const page = Number(params.get("page") ?? "1");
  return {
    text: (params.get("q") ?? "").trim().slice(0, TEXT_CHARS_MAX),
    state: oneOf(PUBLIC_STATES, params.get("state")),
    transport: oneOf(BOARD_TRANSPORTS, params.get("transport")),
    era: oneOf(ERAS, params.get("era")),
    sort: oneOf(BOARD_SORTS, params.get("sort")) ?? "name",
    page: Number.isInteger(page) && page >= 1 && page <= PAGE_MAX ? page : 1,
  };
}

/** The one URL of a query: parameters in a fixed order, defaults left out. */
export function boardPath(query: BoardQuery, change: Partial<BoardQuery> = {}): string {
  const { text, state, transport, era, sort, page } = { ...query, page: 1, ...change };
  const params = new URLSearchParams();
  const pairs: [string, string | null][] = [
    ["q", text === "" ? null : text],
    ["state", state],
    ["transport", transport],
    ["era", era],
    ["sort", sort === "name" ? null : sort],
    ["page", page === 1 ? null : String(page)],
  ];
  for (const [name, value] of pairs) {
    if (value !== null) {
      params.set(name, value);
    }
  }
  return params.size === 0 ? "/" : `/?${params}`;
}

function oneOf<const T extends readonly string[]>(allowed: T, word: string | null): T[number] | null {
  return allowed.find((candidate) => candidate === word) ?? null;
}
