import { AppError } from "@alivemcp/core/app-error";
import { type DriftEventRow, findDriftEvent, findToolLists } from "@alivemcp/db/queries/drift-events";
import type { WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "../watched/find-watched.ts";
import { unpackToolList } from "./unpack-tool-list.ts";

export interface DriftEventDetails {
  readonly endpoint: WatchedEndpoint;
  readonly event: DriftEventRow;
  /** The raw tools before and after; null when a list is not stored (any more). */
  readonly before: readonly unknown[] | null;
  readonly after: readonly unknown[] | null;
}

const EVENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** One change of the tools with both lists. Throws `not_found` unless the tenant watches the endpoint and it had the event. */
export async function readDriftEvent(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  input: { readonly slug: string; readonly eventId: string },
): Promise<DriftEventDetails> {
  const { endpoint, event, lists } = await read(deps, caller, "endpoint.read", async (tx) => {
    const found = await findWatched(caller, tx, input.slug);
    const row = EVENT_ID.test(input.eventId)
      ? await findDriftEvent(caller.scope, tx, { endpointId: found.id, id: input.eventId })
      : null;
    if (row === null) {
      throw new AppError({
        code: "not_found",
        internal: "no such drift event",
        public: "There is no such change of the tools; old ones are deleted with the history of the plan.",
      });
    }
    const hashes = [row.fromFullHash, row.toFullHash].filter((hash) => hash !== null);
    return { endpoint: found, event: row, lists: await findToolLists(caller.scope, tx, hashes) };
  });
  const [before, after] = await Promise.all(
    [event.fromFullHash, event.toFullHash].map((hash) =>
      unpackToolList(hash === null ? undefined : lists.get(hash)),
    ),
  );
  return { endpoint, event, before: before ?? null, after: after ?? null };
}
