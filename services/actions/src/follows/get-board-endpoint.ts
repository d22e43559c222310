import { AppError } from "@alivemcp/core/app-error";
import { type BoardEndpoint, findBoardEndpoint, findFollowedCadenceS } from "@alivemcp/db/queries/follows";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** One endpoint of the public board, as a workspace looks at it, and whether that follows it. Throws `not_found` for hidden and unknown ones alike. */
export function getBoardEndpoint(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  slug: string,
): Promise<{ endpoint: BoardEndpoint; followedCadenceS: number | null }> {
  return read(deps, caller, "endpoint.read", async (tx) => {
    const endpoint = await getBoardEndpointIn(caller.scope, tx, slug);
    return { endpoint, followedCadenceS: await findFollowedCadenceS(caller.scope, tx, endpoint.id) };
  });
}

/** The same inside a transaction of the caller's. */
export async function getBoardEndpointIn(scope: TenantScope, tx: Tx, slug: string): Promise<BoardEndpoint> {
  const endpoint = await findBoardEndpoint(scope, tx, slug);
  if (endpoint === null) {
    throw new AppError({
      code: "not_found",
      internal: "not on the board",
      public: "There is no such endpoint on the public board.",
    });
  }
  return endpoint;
}
