import { findSlugNow } from "@alivemcp/db/queries/watched-endpoints";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** Where an old slug of an endpoint that the tenant owns or follows leads now; null when there is no such endpoint. */
export const leadSlug = (
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  oldSlug: string,
): Promise<string | null> =>
  read(deps, caller, "endpoint.read", (tx) => findSlugNow(caller.scope, tx, oldSlug));
