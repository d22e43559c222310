import type { RegionReading } from "@alivemcp/actions/watched/region-readings";
import type { ProbeFinding } from "@alivemcp/core/pipeline";
import { type PublicFinding, toPublicFinding } from "@alivemcp/core/public-fields";
import { publicLine } from "@alivemcp/core/public-text";
import type { RegionCell } from "@alivemcp/pages/region-cell";

/** Longest detail of a step; the pipeline bounds it at 300. */
const DETAIL_CHARS_MAX = 300;

/** What the regions last saw. The owner sees where a name leads to; a follower sees what the public sees. */
export function toRegionCells(
  regions: readonly RegionReading[],
  options: { readonly isOwner: boolean; cityOf(region: string): string },
): RegionCell[] {
  const shown = options.isOwner ? toOwnerFinding : toPublicFinding;
  return regions.map(({ id, isWatching, vote, finding }) => ({
    id,
    city: options.cityOf(id),
    isWatching,
    vote,
    finding: finding && shown(finding),
  }));
}

function toOwnerFinding(finding: ProbeFinding): PublicFinding {
  return {
    ...toPublicFinding(finding),
    detail: finding.detail,
    steps: finding.steps.map(({ step, ms, ok, detail }) => ({
      step,
      ms,
      ok,
      detail: detail === null ? null : publicLine(detail, DETAIL_CHARS_MAX),
    })),
  };
}
