/**
 * Every endpoint that may be shown, kept in memory and refreshed from Postgres, so that pages go on while Postgres is
 * away. A slug that is not in memory yet is looked up, so that a new endpoint has its page at once.
 */

import { setImmediate as nextTurn } from "node:timers/promises";
import { regionsOfEndpoint } from "@alivemcp/core/endpoint-plan";
import { type PublicEndpoint, toPublicServer } from "@alivemcp/core/public-fields";
import { ENDPOINT_FLAGS, type StatusEvidence } from "@alivemcp/core/public-status";
import { publicLine } from "@alivemcp/core/public-text";
import { FAILURE_REASONS } from "@alivemcp/core/states";
import { timetableOfDomain, timingOf } from "@alivemcp/core/timetable";
import {
  findPublicEndpoint,
  listPublicEndpoints,
  listRecentDrift,
  listRetiredSlugs,
  type PublicEndpointRow,
} from "@alivemcp/db/queries/public-catalogue";
import type { Clock } from "@alivemcp/runtime/clock";
import { createMicroCache } from "@alivemcp/runtime/micro-cache";
import type { Pool } from "@alivemcp/runtime/postgres";

export interface CatalogueEntry {
  readonly endpointId: string;
  readonly endpointNumber: number;
  readonly endpoint: PublicEndpoint;
  /** Name, slug and URL in lower case, for the search of the board; the name is also its order. */
  readonly sortName: string;
  readonly searchText: string;
  /** As Postgres has it: what is shown while Redis is away. */
  readonly archived: (NonNullable<StatusEvidence["committed"]> & { readonly sinceMs: number | null }) | null;
  readonly recentDriftAtMs: number | null;
}

export interface Catalogue {
  refresh(): Promise<void>;
  entries(): Iterable<CatalogueEntry>;
  /**
   * By its slug or by one it had before: compare `endpoint.slug`. Null for unknown and private slugs. Never rejects:
   * with Postgres away it answers from memory.
   */
  find(slug: string): Promise<CatalogueEntry | null>;
  /** Milliseconds since the last good refresh; null before the first. */
  ageMs(): number | null;
}

const DRIFT_WINDOW_MS = 86_400_000;
/** Rows made into entries before readers get their turn. */
const ROWS_PER_TURN = 500;
/** A slug nobody knows is asked for in Postgres at most this often. */
const LOOK_UP_TTL_MS = 5_000;

export function createCatalogue(deps: {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly regions: readonly string[];
  readonly onError: (err: unknown) => void;
}): Catalogue {
  let bySlug = new Map<string, CatalogueEntry>();
  let bySlugOfOld: ReadonlyMap<string, string> = new Map();
  let refreshedAtMs: number | null = null;
  const lookUps = createMicroCache<CatalogueEntry | null>({
    clock: deps.clock,
    ttlMs: LOOK_UP_TTL_MS,
    entriesMax: 2_000,
  });

  return {
    async refresh() {
      const nowMs = deps.clock.nowMs();
      const [rows, drift, retired] = await Promise.all([
        listPublicEndpoints(deps.pool),
        listRecentDrift(deps.pool, nowMs - DRIFT_WINDOW_MS),
        listRetiredSlugs(deps.pool),
      ]);
      const cadences = await realCadences(rows, nowMs);
      const next = new Map<string, CatalogueEntry>();
      for (const [index, row] of rows.entries()) {
        next.set(row.slug, toEntry(row, cadences.get(row.id) ?? 0, drift.get(row.id) ?? null, deps.regions));
        await turnEvery(index);
      }
      bySlug = next;
      bySlugOfOld = retired;
      refreshedAtMs = nowMs;
    },
    entries: () => bySlug.values(),
    async find(slug) {
      return (
        bySlug.get(slug) ??
        bySlug.get(bySlugOfOld.get(slug) ?? "") ??
        lookUps.get(slug, () => lookUp(deps, slug))
      );
    },
    ageMs: () => (refreshedAtMs === null ? null : deps.clock.nowMs() - refreshedAtMs),
  };
}

async function lookUp(
  deps: {
    readonly pool: Pool;
    readonly clock: Clock;
    readonly regions: readonly string[];
    readonly onError: (err: unknown) => void;
  },
  slug: string,
): Promise<CatalogueEntry | null> {
  try {
    const row = await findPublicEndpoint(deps.pool, slug);
    if (row === null) {
      return null;
    }
    const cadences = await realCadences([row], deps.clock.nowMs());
    return toEntry(row, cadences.get(row.id) ?? 0, null, deps.regions);
  } catch (err) {
    deps.onError(err);
    return null;
  }
}

/** Lets readers have their turn after so many rows. */
async function turnEvery(index: number): Promise<void> {
  if (index % ROWS_PER_TURN === ROWS_PER_TURN - 1) {
    await nextTurn();
  }
}

/** The cadence that the scheduler gives each endpoint: unclaimed ones share the seconds of their registrable domain. */
async function realCadences(
  rows: readonly PublicEndpointRow[],
  nowMs: number,
): Promise<ReadonlyMap<string, number>> {
  const cadences = new Map<string, number>();
  const domains = new Map<string, ReturnType<typeof timed>[]>();
  for (const row of rows) {
    const plan = timed(row);
    if (plan.isUnclaimed) {
      const plans = domains.get(plan.registrableDomain) ?? [];
      plans.push(plan);
      domains.set(plan.registrableDomain, plans);
    } else {
      cadences.set(plan.id, timingOf(plan, nowMs).cadenceMs);
    }
  }
  for (const [index, plans] of [...domains.values()].entries()) {
    for (const [id, timing] of timetableOfDomain(plans, nowMs)) {
      cadences.set(id, timing.cadenceMs);
    }
    await turnEvery(index);
  }
  return cadences;
}

function timed(row: PublicEndpointRow) {
  return {
    id: row.id,
    cadenceS: row.wanted_cadence_s,
    isUnclaimed: row.standing === "unclaimed",
    isFollowed: row.is_followed,
    deadSinceMs: row.dead_since?.getTime() ?? null,
    registrableDomain: row.registrable_domain,
  };
}

function toEntry(
  row: PublicEndpointRow,
  cadenceMs: number,
  recentDriftAtMs: number | null,
  installed: readonly string[],
): CatalogueEntry {
  const server =
    row.server_name === null ? null : { name: row.server_name, version: row.server_version ?? "" };
  const name = publicLine(row.name, 120);
  const url = publicLine(
    `${row.url_without_query}${row.has_query && row.visibility === "public" ? "?…" : ""}`,
    300,
  );
  return {
    sortName: name.toLowerCase(),
    searchText: `${name} ${row.slug} ${url}`.toLowerCase(),
    endpointId: row.id,
    endpointNumber: row.number,
    endpoint: {
      slug: row.slug,
      name,
      url,
      visibility: row.visibility,
      standing: row.standing,
      transport: row.transport,
      regions: regionsOfEndpoint({ regions: row.regions }, installed),
      cadenceMs,
      watchedSinceMs: row.first_watched_at.getTime(),
      isPaused: row.paused_at !== null,
      measured:
        row.era === null && row.detected_transport === null && server === null
          ? null
          : {
              era: row.era,
              transport: row.detected_transport,
              protocolVersion: row.protocol_version === null ? null : publicLine(row.protocol_version, 32),
              server: toPublicServer(server),
              toolsCount: row.tools_count,
            },
    },
    archived:
      row.committed === null
        ? null
        : {
            state: row.committed,
            reason: FAILURE_REASONS.find((reason) => reason === row.committed_reason) ?? null,
            flags: ENDPOINT_FLAGS.filter((flag) => row.flags?.includes(flag)),
            sinceMs: row.committed_since?.getTime() ?? null,
          },
    recentDriftAtMs,
  };
}
