import { canonicalJson, sha256Hex } from "@alivemcp/core/canonical-json";
import type { EndpointRow } from "@alivemcp/db/queries/endpoints";

/**
 * Names what an editor of an endpoint saw: two rows with the same revision hold the same in every field that can be
 * edited. Serves as `ETag` and `If-Match`. Following, probing and pausing do not change it.
 */
export function endpointRevision(row: EndpointRow): string {
  const { slug, name, url, transport, visibility, standing, cadenceS, regions, confirmationPeriodMs } = row;
  const { health, healthUrls, expectedTools, latencyDegradedMs, runbookUrl, tags, groupName } = row;
  const { degradedAfterMinutes, degradedClearedAfterMinutes, sloTarget } = row;
  const seen = [slug, name, url, transport, visibility, standing, cadenceS, regions, confirmationPeriodMs]
    .concat([health, healthUrls, expectedTools, latencyDegradedMs, runbookUrl, tags, groupName] as never)
    .concat([degradedAfterMinutes, degradedClearedAfterMinutes, sloTarget] as never);
  return sha256Hex(canonicalJson(seen)).slice(0, 24);
}
