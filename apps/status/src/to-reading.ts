import { NO_WINDOWS } from "@alivemcp/core/endpoint-windows";
import type { NowView } from "@alivemcp/core/now-view";
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { judgePublicStatus } from "@alivemcp/core/public-status";
import type { CatalogueEntry } from "./catalogue.ts";
import type { EndpointReading } from "./endpoint-reading.ts";

/**
 * Joins what the catalogue and Redis know of one endpoint. Without Redis (`view` null) the archived state speaks and is
 * stale; where Redis lost the committed state, the archived one stands in for it.
 */
export function toReading(entry: CatalogueEntry, view: NowView | null, nowMs: number): EndpointReading {
  const { endpoint, archived, recentDriftAtMs } = entry;
  const committed = view?.committed ?? null;
  const raw = view?.raw ?? null;
  return {
    endpoint,
    sortName: entry.sortName,
    searchText: entry.searchText,
    status: judgePublicStatus(
      {
        committed: committed ?? archived,
        raw,
        lastProbeAtMs: raw?.atMs ?? null,
        cadenceMs: endpoint.cadenceMs,
      },
      nowMs,
    ),
    committedSinceMs: committed?.sinceAtMs ?? archived?.sinceMs ?? null,
    latest: raw === null ? null : { ...raw, minuteAtMs: raw.minute * MINUTE_MS },
    isConfirming: view?.isConfirming ?? false,
    lastProbeAtMs: raw?.atMs ?? null,
    lastDriftAtMs: newest(view?.windows.lastDriftAtMs ?? null, recentDriftAtMs),
    windows: view?.windows ?? NO_WINDOWS,
  };
}

/** The archiver's windows are written every so often, the catalogue is read every so often: whichever knows more. */
function newest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
