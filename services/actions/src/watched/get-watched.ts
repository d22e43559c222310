import { invariant } from "@alivemcp/core/invariant";
import { type EndpointRow, findEndpoint } from "@alivemcp/db/queries/endpoints";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "./find-watched.ts";
import { readWatched, type WatchedReading } from "./watched-reading.ts";

/**
 * One endpoint that the tenant owns or follows, by slug or id, with its present state; `own` has the settings where it
 * is the tenant's. Throws `not_found` for every other.
 */
export async function getWatched(
  deps: Pick<ActionDeps, "pool" | "redis" | "clock" | "log">,
  caller: Caller,
  slugOrId: string,
): Promise<{ reading: WatchedReading; own: EndpointRow | null }> {
  const { endpoint, own } = await read(deps, caller, "endpoint.read", async (tx) => {
    const found = await findWatched(caller, tx, slugOrId);
    return {
      endpoint: found,
      own: found.isFollowed ? null : await findEndpoint(caller.scope, tx, found.id),
    };
  });
  const [reading] = await readWatched(deps, [endpoint]);
  invariant(reading, "one endpoint has one reading");
  return { reading, own };
}
