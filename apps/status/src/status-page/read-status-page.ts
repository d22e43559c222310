import { RAW_FIELDS } from "@alivemcp/core/now-fields";
import { nowKey, regionKey } from "@alivemcp/core/pipeline";
import { toPublicFinding } from "@alivemcp/core/public-fields";
import { isRegionEligible } from "@alivemcp/core/region-heartbeat";
import { readRegionFinding, readRegionVote } from "@alivemcp/core/region-reading";
import type { RegionCell } from "@alivemcp/pages/region-cell";
import { toDayBars } from "@alivemcp/pages/to-day-bars";
import { toDriftEntry } from "@alivemcp/pages/to-drift-entry";
import { toLatencyBuckets } from "@alivemcp/pages/to-latency-buckets";
import { toTransitionEntry } from "@alivemcp/pages/to-transition-entry";
import { withDeadline } from "@alivemcp/runtime/with-deadline";
import type { CatalogueEntry } from "../catalogue.ts";
import type { Deps } from "../deps.ts";
import { readNews } from "../incidents/read-news.ts";
import { toReading } from "../to-reading.ts";
import { DAYS_SHOWN, type History, queryHistory } from "./query-history.ts";
import type { StatusModel } from "./status-model.ts";

/** A page does not wait longer for Postgres than this; it is shown without its history then. */
const ARCHIVE_DEADLINE_MS = 2_500;

type ReadDeps = Pick<
  Deps,
  "pool" | "redis" | "clock" | "log" | "liveStates" | "regions" | "histories" | "catalogue" | "news"
>;

/** Gathers one status page. Never rejects: what cannot be read is missing and said to be. */
export async function readStatusPage(deps: ReadDeps, entry: CatalogueEntry): Promise<StatusModel> {
  const nowMs = deps.clock.nowMs();
  const [view, regions, history, news] = await Promise.all([
    deps.liveStates.find(entry.endpointId),
    readRegions(deps, entry, nowMs),
    readHistory(deps, entry, nowMs),
    readNews(deps, [entry.endpointId]),
  ]);
  const cityOf = (id: string) => deps.regions.find((region) => region.id === id)?.city ?? id;
  return {
    reading: toReading(entry, view, nowMs),
    regions,
    measured: newestMeasured(regions) ?? entry.endpoint.measured,
    days: toDayBars(history?.days ?? [], DAYS_SHOWN, entry.endpoint.watchedSinceMs, nowMs),
    latency: toLatencyBuckets(history?.minutes ?? [], history?.outages ?? [], nowMs),
    driftEvents: (history?.drift ?? []).map((event) => toDriftEntry(event, cityOf)),
    transitions: (history?.transitions ?? []).map((transition) => toTransitionEntry(transition, cityOf)),
    incidents: news?.incidents ?? [],
    maintenances: news?.maintenances ?? [],
    isArchiveAway: history === null || news === null,
    nowMs,
  };
}

/** The newest vote and finding of each region, and whether the region is watching at all. Empty votes while Redis is away. */
async function readRegions(deps: ReadDeps, entry: CatalogueEntry, nowMs: number): Promise<RegionCell[]> {
  const shown = deps.regions.filter((region) => entry.endpoint.regions.includes(region.id));
  const fields = shown.flatMap(({ id }) => [RAW_FIELDS.vote(id), RAW_FIELDS.finding(id)]);
  const [values, beats] = await Promise.all([
    deps.redis.hmget(nowKey(entry.endpointId), ...fields),
    Promise.all(shown.map(({ id }) => deps.redis.get(regionKey(id)))),
  ]).catch((err: unknown) => {
    deps.log.warn({ err }, "regions could not be read from Redis");
    return [null, null] as const;
  });
  return shown.map(({ id, city }, index) => ({
    id,
    city,
    isWatching: isRegionEligible(beats?.[index] ?? null, nowMs),
    vote: readRegionVote(values?.[2 * index] ?? null),
    finding: publicFinding(values?.[2 * index + 1] ?? null),
  }));
}

function publicFinding(json: string | null): RegionCell["finding"] {
  const finding = readRegionFinding(json);
  return finding && toPublicFinding(finding);
}

/** Of the newest probe that completed a handshake. */
function newestMeasured(regions: readonly RegionCell[]): StatusModel["measured"] {
  const [newest] = regions
    .flatMap(({ finding }) => (finding?.measured.era ? [finding] : []))
    .toSorted((a, b) => b.observedAtMs - a.observedAtMs);
  return newest?.measured ?? null;
}

/** Null while Postgres is away. Readers of one page within seconds share one reading. */
async function readHistory(deps: ReadDeps, entry: CatalogueEntry, nowMs: number): Promise<History | null> {
  try {
    return await withDeadline(
      deps.histories.get(entry.endpointId, () => queryHistory(deps.pool, entry, nowMs)),
      ARCHIVE_DEADLINE_MS,
    );
  } catch (err) {
    deps.log.warn({ err }, "history could not be read from Postgres");
    return null;
  }
}
