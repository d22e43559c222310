import { spanText } from "@alivemcp/pages/figures";
import type { Deps } from "./deps.ts";

/** After this long without a good reading of Redis or Postgres, pages say so. */
const READING_STALE_AFTER_MS = 45_000;

/** One sentence on top of a page while part of what it shows is not being refreshed; null when all is well. */
export function staleNotice({
  catalogue,
  liveStates,
}: Pick<Deps, "catalogue" | "liveStates">): string | null {
  const liveAgeMs = liveStates.ageMs();
  if (liveAgeMs === null || liveAgeMs > READING_STALE_AFTER_MS) {
    return liveAgeMs === null
      ? "Live measurements are not at hand: states are the last archived ones."
      : `Live measurements are not at hand since ${spanText(liveAgeMs)}: states are the last known ones.`;
  }
  const catalogueAgeMs = catalogue.ageMs();
  return catalogueAgeMs === null || catalogueAgeMs > READING_STALE_AFTER_MS
    ? "The archive is not at hand: states are live, but newly added endpoints and histories may be missing."
    : null;
}
