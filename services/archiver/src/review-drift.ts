import { diffToolLists } from "@alivemcp/core/diff-tool-lists";
import { decideNewBaseline, isEmptyToolList } from "@alivemcp/core/drift-debounce";
import { regionsOfEndpoint } from "@alivemcp/core/endpoint-plan";
import { findOddRegion, type OddRegion } from "@alivemcp/core/find-odd-region";
import { RAW_FIELDS } from "@alivemcp/core/now-fields";
import { unpackVote, type Vote } from "@alivemcp/core/packed-vote";
import { nowKey } from "@alivemcp/core/pipeline";
import { acceptDriftEvents, insertDriftEvent } from "@alivemcp/db/queries/drift-events-system";
import {
  type DivergingEndpoint,
  listDivergingEndpoints,
  setBaseline,
} from "@alivemcp/db/queries/tool-lists-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import type { Deps } from "./deps.ts";
import { findRelease } from "./find-release.ts";
import { loadToolList } from "./load-tool-list.ts";

type ReviewDeps = Pick<Deps, "upkeepPool" | "redis" | "clock" | "regions">;

const PAGE = 500;
const PAGES_MAX = 400;

/**
 * Looks at every endpoint of which some region serves another list than the baseline: an unclaimed one that is stable for a
 * day gets a new baseline, and a region that stays behind the others is told.
 */
export async function reviewDrift(deps: ReviewDeps): Promise<void> {
  let afterId: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const endpoints: readonly DivergingEndpoint[] = await listDivergingEndpoints(deps.upkeepPool, {
      afterId,
      limit: PAGE,
    });
    for (const endpoint of endpoints) {
      await reviewEndpoint(deps, endpoint);
    }
    afterId = endpoints.at(-1)?.endpointId ?? null;
    if (endpoints.length < PAGE) {
      return;
    }
  }
}

async function reviewEndpoint(deps: ReviewDeps, endpoint: DivergingEndpoint): Promise<void> {
  const regions = regionsOfEndpoint(endpoint, deps.regions);
  const isAccepted = endpoint.isUnclaimed && (await acceptStableList(deps, endpoint, regions));
  if (!isAccepted) {
    const seen = await readLastUp(deps, endpoint.endpointId, regions);
    const odd = findOddRegion({ ...endpoint, cadenceMs: endpoint.cadenceS * 1_000 }, seen);
    if (odd !== null) {
      await tellOddRegion(deps, endpoint.endpointId, odd);
    }
  }
}

async function acceptStableList(
  deps: ReviewDeps,
  endpoint: DivergingEndpoint,
  regions: readonly string[],
): Promise<boolean> {
  const { endpointId, baseline, byRegion } = endpoint;
  const nowMs = deps.clock.nowMs();
  const list = baseline === null ? null : decideNewBaseline({ baseline, regions, believed: byRegion }, nowMs);
  if (list === null || baseline === null) {
    return false;
  }
  await inTransaction(deps.upkeepPool, async (client) => {
    const isEmpty = isEmptyToolList(list);
    await setBaseline(client, { endpointId, list, era: baseline.era, atMs: nowMs, isEmpty, isFirst: false });
    await acceptDriftEvents(client, { endpointId, throughMs: nowMs, acceptedBy: "stable for 24 hours" });
  });
  return true;
}

/** When a probe of each region last found the endpoint up, by the region's newest result. */
async function readLastUp(deps: ReviewDeps, endpointId: string, regions: readonly string[]) {
  const packed =
    regions.length === 0 ? [] : await deps.redis.hmget(nowKey(endpointId), ...regions.map(RAW_FIELDS.vote));
  return regions.map((region, index) => {
    const vote = readVote(packed[index] ?? null);
    return { region, lastUpAtMs: vote?.state === "up" ? vote.observedAtMs : null };
  });
}

/** A field that is no vote counts as none. */
function readVote(packed: string | null): Vote | null {
  try {
    return packed === null ? null : unpackVote(packed);
  } catch {
    return null;
  }
}

async function tellOddRegion(deps: ReviewDeps, endpointId: string, odd: OddRegion): Promise<void> {
  const sources = { pool: deps.upkeepPool, redis: deps.redis };
  const usual = await loadToolList(sources, { endpointId, fullHash: odd.othersServe.fullHash });
  const own = await loadToolList(sources, { endpointId, fullHash: odd.serves.fullHash });
  const changes = usual && own ? diffToolLists(usual.tools, own.tools).changes : [];
  const atMs = deps.clock.nowMs();
  const releaseWindowId = await findRelease(deps.upkeepPool, endpointId, atMs);
  await inTransaction(deps.upkeepPool, (client) =>
    insertDriftEvent(client, {
      endpointId,
      region: odd.region,
      atMs,
      kind: "inconsistent_regions",
      from: odd.othersServe,
      to: odd.serves,
      isBreaking: changes.some(({ isBreaking }) => isBreaking),
      isSuspicious: false,
      changes,
      releaseWindowId,
    }),
  );
}
