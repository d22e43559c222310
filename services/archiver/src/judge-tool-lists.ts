/**
 * What the sightings of a batch change in the known tool lists: read and decided before the transaction, written inside
 * it by `writeToolLists`. One process handles an endpoint at a time, so nobody else moves these rows meanwhile, except an
 * owner who accepts a baseline, which only a first baseline could overwrite and does not.
 */
import { advanceToolLists, type RegionSighting, type ToolListNews } from "@alivemcp/core/advance-tool-lists";
import { diffToolLists } from "@alivemcp/core/diff-tool-lists";
import { isEmptyToolList, type ToolListHashes } from "@alivemcp/core/drift-debounce";
import {
  countDriftEvents,
  type DriftEvent,
  insertDriftEvent,
} from "@alivemcp/db/queries/drift-events-system";
import {
  type EndpointToolLists,
  insertToolLists,
  listEndpointToolLists,
  listPendingToolListEndpoints,
  type StoredToolList,
  setBaseline,
  upsertRegionToolList,
} from "@alivemcp/db/queries/tool-lists-system";
import type { Pool, PoolClient } from "@alivemcp/runtime/postgres";
import type { Redis } from "@alivemcp/runtime/redis";
import { findRelease } from "./find-release.ts";
import type { ArchivableMinute } from "./fold-entries.ts";
import { type LoadedToolList, loadToolList } from "./load-tool-list.ts";
import { sightingsOf } from "./sightings-of.ts";

interface JudgeDeps {
  readonly pool: Pool;
  readonly redis: Redis;
}

export interface ToolListPlan {
  readonly lists: readonly StoredToolList[];
  readonly baselines: readonly Parameters<typeof setBaseline>[1][];
  readonly regions: readonly Parameters<typeof upsertRegionToolList>[1][];
  readonly events: readonly DriftEvent[];
}

/** An endpoint that changes its list every few minutes gets no more events than this per day, but one that says so. */
const DRIFT_EVENTS_PER_DAY_MAX = 100;
const DAY_MS = 86_400_000;
const NOTHING: ToolListPlan = { lists: [], baselines: [], regions: [], events: [] };

export async function judgeToolLists(
  deps: JudgeDeps,
  minutes: readonly ArchivableMinute[],
): Promise<ToolListPlan> {
  const pending = await listPendingToolListEndpoints(deps.pool);
  const sightings = sightingsOf(minutes, pending);
  if (sightings.size === 0) {
    return NOTHING;
  }
  const known = await listEndpointToolLists(deps.pool, [...sightings.keys()]);
  const plans: ToolListPlan[] = [];
  for (const endpoint of known) {
    plans.push(await judgeEndpoint(deps, endpoint, sightings.get(endpoint.endpointId) ?? []));
  }
  const lists = new Map(plans.flatMap((plan) => plan.lists).map((list) => [list.fullHash, list]));
  return {
    // Always in one order: two shards that store the same new lists at once would else wait for each other.
    lists: [...lists.values()].sort((a, b) => (a.fullHash < b.fullHash ? -1 : 1)),
    baselines: plans.flatMap((plan) => plan.baselines),
    regions: plans.flatMap((plan) => plan.regions),
    events: plans.flatMap((plan) => plan.events),
  };
}

/** Writes a plan; the same plan twice changes nothing. */
export async function writeToolLists(client: PoolClient, plan: ToolListPlan): Promise<void> {
  await insertToolLists(client, plan.lists);
  for (const baseline of plan.baselines) {
    await setBaseline(client, baseline);
  }
  for (const region of plan.regions) {
    await upsertRegionToolList(client, region);
  }
  for (const event of plan.events) {
    await insertDriftEvent(client, event);
  }
}

async function judgeEndpoint(
  deps: JudgeDeps,
  endpoint: EndpointToolLists,
  sightings: readonly RegionSighting[],
): Promise<ToolListPlan> {
  const { endpointId } = endpoint;
  const step = advanceToolLists(endpoint, sightings);
  const { baseline } = step.next;
  const loaded = createLoader(deps, endpointId);
  if (step.isBaselineNew && baseline !== null) {
    await loaded.find(baseline);
  }
  const events: DriftEvent[] = [];
  if (step.news.length > 0) {
    const isOften = await isDriftingOften(deps.pool, endpointId, step.news);
    for (const news of step.news) {
      const releaseWindowId = await findRelease(deps.pool, endpointId, news.atMs);
      events.push({ ...(await eventOf(endpointId, news, { loaded, isOften })), releaseWindowId });
    }
  }
  return {
    lists: loaded.toStore(),
    baselines:
      step.isBaselineNew && baseline !== null
        ? [
            {
              endpointId,
              list: baseline,
              era: baseline.era,
              atMs: baseline.atMs,
              isEmpty: isEmptyToolList(baseline),
              isFirst: endpoint.baseline === null,
            },
          ]
        : [],
    regions: step.changedRegions.flatMap((region) => {
      const list = step.next.byRegion.get(region);
      return list === undefined ? [] : [{ endpointId, region, list }];
    }),
    events,
  };
}

async function isDriftingOften(pool: Pool, endpointId: string, news: readonly ToolListNews[]) {
  const sinceMs = Math.min(...news.map(({ atMs }) => atMs)) - DAY_MS;
  const counts = await countDriftEvents(pool, { endpointIds: [endpointId], sinceMs });
  return (counts.get(endpointId) ?? 0) >= DRIFT_EVENTS_PER_DAY_MAX;
}

const KINDS = {
  drift: "drift",
  emptied: "tool_list_emptied",
  "inconsistent-replicas": "inconsistent_replicas",
} as const;

async function eventOf(
  endpointId: string,
  news: ToolListNews,
  context: { loaded: Loader; isOften: boolean },
): Promise<Omit<DriftEvent, "releaseWindowId">> {
  const { region, atMs, from, to } = news;
  const isDrift = news.reason === "drift";
  const common = { endpointId, region, atMs, from, to };
  if (!isDrift || context.isOften) {
    const kind = isDrift ? "inconsistent_replicas" : KINDS[news.reason];
    return { ...common, kind, isBreaking: false, isSuspicious: false, changes: [] };
  }
  const before = await context.loaded.find(from);
  const after = await context.loaded.find(to);
  if (before === null || after === null) {
    // One of the two is lost: only the hashes speak.
    const isBreaking = from.contractHash !== to.contractHash;
    return { ...common, kind: "drift", isBreaking, isSuspicious: false, changes: [] };
  }
  const changes = diffToolLists(before.tools, after.tools).changes.filter(
    // Another era describes results in another shape without the author's doing.
    ({ kind }) => !(news.isOtherEra && kind === "output_changed"),
  );
  return {
    ...common,
    kind: "drift",
    isBreaking: changes.some((change) => change.isBreaking),
    isSuspicious: changes.some(({ concern }) => concern === "instructions"),
    changes,
  };
}

interface Loader {
  find(list: ToolListHashes): Promise<LoadedToolList | null>;
  toStore(): readonly StoredToolList[];
}

/** Loads each list of an endpoint once and remembers which ones are to be stored. */
function createLoader(deps: JudgeDeps, endpointId: string): Loader {
  const loaded = new Map<string, LoadedToolList | null>();
  return {
    async find({ fullHash }) {
      const known = loaded.get(fullHash);
      if (known !== undefined) {
        return known;
      }
      const list = await loadToolList(deps, { endpointId, fullHash });
      loaded.set(fullHash, list);
      return list;
    },
    toStore: () => [...loaded.values()].flatMap((list) => (list?.toStore ? [list.toStore] : [])),
  };
}
