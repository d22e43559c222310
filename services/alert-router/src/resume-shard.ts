import { readEndpointState } from "@alivemcp/core/endpoint-state";
import { listEndpointStatesOfShard } from "@alivemcp/db/queries/endpoint-states-system";
import { commitDecisions } from "./commit-decisions.ts";
import { joinEndpoints } from "./load-endpoints.ts";
import type { RouteDeps } from "./route-batch.ts";
import { wake } from "./sweep-shard.ts";
import { writeNow } from "./write-now.ts";

const PAGE = 500;
/** More endpoints than a shard of the largest installation holds: a broken page cannot loop for ever. */
const PAGES_MAX = 1_000;

type Lease = { readonly shard: string; readonly fence: number };

/**
 * Takes over a shard: writes what every endpoint's state says into Redis again, and does again what open confirmations
 * may still want done. Run for every new lease, which is also what follows a loss of Redis or a failed batch.
 */
export async function resumeShard(
  deps: RouteDeps,
  lease: Lease,
): Promise<{ readonly endpoints: number; readonly confirmations: number }> {
  let afterId: string | null = null;
  let [endpoints, confirmations] = [0, 0];
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const resumed = await deps.locks.run(lease.shard, () => resumePage(deps, lease, afterId));
    endpoints += resumed.endpoints;
    confirmations += resumed.confirmations;
    afterId = resumed.lastId;
    if (resumed.endpoints < PAGE) {
      break;
    }
  }
  return { endpoints, confirmations };
}

async function resumePage(deps: RouteDeps, lease: Lease, afterId: string | null) {
  const rows = await listEndpointStatesOfShard(deps.pool, { shard: lease.shard, afterId, limit: PAGE });
  const states = rows.flatMap((row) =>
    row.stored === null ? [] : [{ endpointId: row.endpointId, state: readEndpointState(row.stored), row }],
  );
  await writeNow(deps.redis, states);
  const open = states.filter(({ state }) => state.confirmation !== null).map(({ row }) => row);
  const joined = await joinEndpoints(deps, open);
  const decided = await Promise.all(
    [...joined.values()].map((endpoint) => wake(deps, endpoint, { kind: "resume" })),
  );
  await commitDecisions(deps, lease, decided);
  return { endpoints: rows.length, confirmations: open.length, lastId: rows.at(-1)?.endpointId ?? null };
}
