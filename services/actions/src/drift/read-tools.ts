import {
  type DriftEventRow,
  findBaselineHash,
  findToolLists,
  listDriftEvents,
} from "@alivemcp/db/queries/drift-events";
import type { WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "../watched/find-watched.ts";
import { unpackToolList } from "./unpack-tool-list.ts";

export interface EndpointTools {
  readonly endpoint: WatchedEndpoint;
  /** The list that changes are compared with; null before the first one was seen or while it is not stored. */
  readonly baseline: {
    readonly tools: readonly unknown[];
    readonly fullHash: string;
    readonly atMs: number | null;
  } | null;
  /** Newest first. */
  readonly events: readonly DriftEventRow[];
}

const EVENTS_SHOWN = 50;

/** What an endpoint offers, and how that changed. Throws `not_found` unless the tenant watches it. */
export async function readTools(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  slug: string,
): Promise<EndpointTools> {
  const { scope } = caller;
  const { body, baseline, ...found } = await read(deps, caller, "endpoint.read", async (tx) => {
    const endpoint = await findWatched(caller, tx, slug);
    const hash = await findBaselineHash(scope, tx, endpoint.id);
    const lists = await findToolLists(scope, tx, hash === null ? [] : [hash.fullHash]);
    const events = await listDriftEvents(scope, tx, { endpointId: endpoint.id, limit: EVENTS_SHOWN });
    return { endpoint, baseline: hash, body: lists.get(hash?.fullHash ?? ""), events };
  });
  const tools = await unpackToolList(body);
  return { ...found, baseline: baseline === null || tools === null ? null : { ...baseline, tools } };
}
