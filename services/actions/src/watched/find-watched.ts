import { AppError } from "@alivemcp/core/app-error";
import { findWatchedEndpoint, type WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { Caller } from "../caller.ts";

/** One endpoint that the tenant owns or follows, by its slug or its id. Throws `not_found` for every other, taken or not. */
export async function findWatched(caller: Caller, tx: Tx, slug: string): Promise<WatchedEndpoint> {
  const endpoint = await findWatchedEndpoint(caller.scope, tx, slug);
  if (endpoint === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such endpoint in this tenant",
      public: "There is no such endpoint in this workspace.",
    });
  }
  return endpoint;
}
