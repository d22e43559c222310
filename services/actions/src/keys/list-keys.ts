import { type ApiKey, type ApiKeyPosition, listApiKeys } from "@alivemcp/db/queries/api-keys";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** A page of the workspace's keys, newest first, ended ones included; `before` is the last key of the page before. */
export function listKeys(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  page: { readonly before: ApiKeyPosition | null; readonly limit: number },
): Promise<ApiKey[]> {
  return read(deps, caller, "key.list", (tx) => listApiKeys(caller.scope, tx, page));
}
