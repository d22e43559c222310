import { RAW_FIELDS } from "@alivemcp/core/now-fields";
import { nowKey, type ProbeFinding, regionKey } from "@alivemcp/core/pipeline";
import { isRegionEligible } from "@alivemcp/core/region-heartbeat";
import { type RegionVote, readRegionFinding, readRegionVote } from "@alivemcp/core/region-reading";
import type { ActionDeps } from "../action-deps.ts";

export interface RegionReading {
  readonly id: string;
  /** False while no worker of the region is alive or its own connectivity check fails. */
  readonly isWatching: boolean;
  readonly vote: RegionVote | null;
  /** The newest probe with all its steps; only where findings were asked for. */
  readonly finding: ProbeFinding | null;
}

type ReadDeps = Pick<ActionDeps, "redis" | "clock" | "log" | "probeQueues">;
type Asked = { readonly id: string; readonly regions: readonly string[] };

/** Newest votes of each endpoint's regions, in one round trip for all of them. Empty votes while Redis is away. */
export async function readRegionVotes(
  deps: ReadDeps,
  endpoints: readonly Asked[],
): Promise<readonly (readonly RegionReading[])[]> {
  return readRegions(deps, endpoints, (region) => [RAW_FIELDS.vote(region)]);
}

/** The same of one endpoint, with each region's newest probe. */
export async function readRegionFindings(deps: ReadDeps, endpoint: Asked): Promise<readonly RegionReading[]> {
  const [regions = []] = await readRegions(deps, [endpoint], (region) => [
    RAW_FIELDS.vote(region),
    RAW_FIELDS.finding(region),
  ]);
  return regions;
}

async function readRegions(
  deps: ReadDeps,
  endpoints: readonly Asked[],
  fieldsOf: (region: string) => readonly string[],
): Promise<readonly (readonly RegionReading[])[]> {
  const installed = [...deps.probeQueues.keys()];
  const shown = endpoints.map(({ regions }) =>
    regions.length === 0 ? installed : installed.filter((id) => regions.includes(id)),
  );
  const [values, beats] = await Promise.all([
    Promise.all(
      endpoints.map(({ id }, index) =>
        deps.redis.hmget(nowKey(id), ...(shown[index] ?? []).flatMap((region) => fieldsOf(region))),
      ),
    ),
    Promise.all(installed.map((id) => deps.redis.get(regionKey(id)))),
  ]).catch((err: unknown) => {
    deps.log.warn({ err }, "regions could not be read from Redis");
    return [[], []] as const;
  });
  const nowMs = deps.clock.nowMs();
  const watching = new Set(installed.filter((_, index) => isRegionEligible(beats[index] ?? null, nowMs)));
  const perRegion = fieldsOf("").length;
  return shown.map((regions, endpoint) =>
    regions.map((id, index) => ({
      id,
      isWatching: watching.has(id),
      vote: readRegionVote(values[endpoint]?.[index * perRegion] ?? null),
      finding: perRegion === 1 ? null : readRegionFinding(values[endpoint]?.[index * perRegion + 1] ?? null),
    })),
  );
}
