import type { IncidentRow } from "@alivemcp/db/queries/incidents";
import { actorName } from "./actor-names.ts";
import { headlineWords } from "./cause-words.ts";
import type { IncidentLine } from "./incidents-model.ts";

/** What ids and regions are called. */
export interface IncidentNames {
  readonly members: readonly { readonly userId: string; readonly name: string }[];
  readonly sinks: readonly { readonly id: string; readonly name: string }[];
  cityOf(region: string): string;
}

export const toIncidentLine = (
  row: IncidentRow,
  names: IncidentNames,
  made: { readonly toldWhom: readonly string[]; readonly together: number },
): IncidentLine => ({
  id: row.id,
  headline: headlineWords(row, names.cityOf),
  endpoint: { slug: row.endpointSlug, name: row.endpointName },
  severity: row.resolvedAtMs === null ? row.severity : row.severityWorst,
  isTest: row.isSimulated,
  isFlapping: row.isFlapping,
  cities: row.regions.map(names.cityOf),
  startedAtMs: row.startedAtMs,
  resolvedAtMs: row.resolvedAtMs === null ? null : (row.endedAtMs ?? row.resolvedAtMs),
  acknowledgedBy: actorName(row.acknowledgedBy, names),
  mutedUntilMs: row.mutedUntilMs,
  ...made,
});
