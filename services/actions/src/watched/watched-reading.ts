import { type EndpointWindows, NO_WINDOWS } from "@alivemcp/core/endpoint-windows";
import { NOW_VIEW_FIELDS, type NowView, readNowView } from "@alivemcp/core/now-view";
import { nowKey } from "@alivemcp/core/pipeline";
import {
  ENDPOINT_FLAGS,
  judgePublicStatus,
  type PublicStatus,
  type StatusEvidence,
} from "@alivemcp/core/public-status";
import { COMMITTED_STATES } from "@alivemcp/core/states";
import type { WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import type { ActionDeps } from "../action-deps.ts";

/** One endpoint that the tenant watches, with what is true of it now. */
export interface WatchedReading {
  readonly endpoint: WatchedEndpoint;
  /** Committed where something was committed, else the latest minute's. */
  readonly status: PublicStatus;
  readonly committedSinceMs: number | null;
  /** The latest minute, unconfirmed; null when Redis has none. */
  readonly latest: NowView["raw"];
  /** True while a confirmation is open: the regions are looking again. */
  readonly isConfirming: boolean;
  readonly windows: EndpointWindows;
}

/** Reads the states of many endpoints in one round trip. With Redis away the archived states stand in, called stale. */
export async function readWatched(
  deps: Pick<ActionDeps, "redis" | "clock" | "log">,
  endpoints: readonly WatchedEndpoint[],
): Promise<WatchedReading[]> {
  const values = await Promise.all(
    endpoints.map(({ id }) => deps.redis.hmget(nowKey(id), ...NOW_VIEW_FIELDS)),
  ).catch((err: unknown) => {
    deps.log.warn({ err }, "states could not be read from Redis");
    return null;
  });
  const nowMs = deps.clock.nowMs();
  return endpoints.map((endpoint, index) => {
    const read = values?.[index];
    return watchedReading(endpoint, read ? readNowView(read) : null, nowMs);
  });
}

function watchedReading(endpoint: WatchedEndpoint, view: NowView | null, nowMs: number): WatchedReading {
  return {
    endpoint,
    status: judgePublicStatus(
      {
        committed: view?.committed ?? archivedState(endpoint),
        raw: view?.raw ?? null,
        lastProbeAtMs: view?.raw?.atMs ?? null,
        cadenceMs: endpoint.cadenceMs,
      },
      nowMs,
    ),
    committedSinceMs: view?.committed?.sinceAtMs ?? endpoint.archived?.sinceAtMs ?? null,
    latest: view?.raw ?? null,
    isConfirming: view?.isConfirming ?? false,
    windows: view?.windows ?? NO_WINDOWS,
  };
}

/** A state or flag of a newer release is none. */
function archivedState({ archived }: WatchedEndpoint): StatusEvidence["committed"] {
  const state = COMMITTED_STATES.find((known) => known === archived?.committed);
  return archived === null || state === undefined
    ? null
    : {
        state,
        reason: archived.reason,
        flags: ENDPOINT_FLAGS.filter((flag) => archived.flags.includes(flag)),
      };
}
