import { listWatchedEndpoints, type WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import type { EndpointFilterQuery } from "../endpoints/list-endpoints.ts";
import { read } from "../read.ts";
import { readWatched, type WatchedReading } from "./watched-reading.ts";

export interface WatchedFilter extends EndpointFilterQuery {
  readonly followed?: "true" | "false" | undefined;
  readonly visibility?: WatchedEndpoint["visibility"] | undefined;
}

/**
 * What the tenant owns or follows and passes the filter, newest first, with its present state; `beforeNumber` is the
 * number of the last row of the page before. A plan bounds how many there are, so all are looked at; states are read
 * for one page only, unless they are filtered by.
 */
export async function listWatchedPage(
  deps: Pick<ActionDeps, "pool" | "redis" | "clock" | "log">,
  caller: Caller,
  input: {
    readonly filter: WatchedFilter;
    readonly beforeNumber: number | null;
    readonly limit: number;
  },
): Promise<WatchedReading[]> {
  const { filter, beforeNumber, limit } = input;
  const all = await read(deps, caller, "endpoint.read", (tx) => listWatchedEndpoints(caller.scope, tx));
  const wanted = all
    .filter((endpoint) => beforeNumber === null || endpoint.number < beforeNumber)
    .filter((endpoint) => passes(endpoint, filter))
    .sort((a, b) => b.number - a.number);
  if (filter.state === undefined) {
    return readWatched(deps, wanted.slice(0, limit));
  }
  const readings = await readWatched(deps, wanted);
  return readings.filter(({ status }) => status.state === filter.state).slice(0, limit);
}

function passes(endpoint: WatchedEndpoint, filter: WatchedFilter): boolean {
  const { tag, group, text, visibility } = filter;
  const words = `${endpoint.name} ${endpoint.slug} ${endpoint.url}`.toLowerCase();
  return (
    (tag === undefined || endpoint.tags.includes(tag)) &&
    (group === undefined || endpoint.group === group) &&
    (text === undefined || words.includes(text.toLowerCase())) &&
    (visibility === undefined || endpoint.visibility === visibility) &&
    isEither(filter.paused, endpoint.pausedAtMs !== null) &&
    isEither(filter.followed, endpoint.isFollowed)
  );
}

const isEither = (wanted: "true" | "false" | undefined, is: boolean) =>
  wanted === undefined || (wanted === "true") === is;
