import { isAnnouncedBy, RELEASE_WINDOW_MS_MAX } from "@alivemcp/core/release-window";
import { listReleasesOfEndpoint } from "@alivemcp/db/queries/release-windows-system";
import type { Pool } from "@alivemcp/runtime/postgres";

/** The announced release that something seen of an endpoint at that instant belongs to, or null. */
export async function findRelease(pool: Pool, endpointId: string, atMs: number): Promise<string | null> {
  // A release may have ended a while before its last drift is seen: as long as three probes take.
  const endedAfterMs = atMs - 4 * RELEASE_WINDOW_MS_MAX;
  const releases = await listReleasesOfEndpoint(pool, { endpointId, endedAfterMs });
  return releases.find((release) => isAnnouncedBy(release, release.cadenceMs, atMs))?.id ?? null;
}
