import type { DayRow } from "@alivemcp/db/queries/endpoint-history";
import { pageDays } from "@alivemcp/db/queries/endpoint-pages";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "./find-watched.ts";

/** UTC days of an endpoint the tenant watches, newest first; `beforeDay` is the last one of the page before. Throws `not_found`. */
export function listDays(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  input: { readonly endpoint: string; readonly beforeDay: string | null; readonly limit: number },
): Promise<DayRow[]> {
  return read(deps, caller, "endpoint.read", async (tx) => {
    const { number } = await findWatched(caller, tx, input.endpoint);
    return pageDays(caller.scope, tx, { ...input, endpointNumber: number });
  });
}
