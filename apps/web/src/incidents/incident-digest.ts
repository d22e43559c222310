import { createHash } from "node:crypto";
import type { IncidentReading } from "@alivemcp/actions/incidents/get-incident";
import type { IncidentRow } from "@alivemcp/db/queries/incidents";

/** What of the list is news: two lists with the same digest show the same incidents in the same state. */
export const incidentsDigest = (rows: readonly IncidentRow[]): string => hash(rows.map(stateOf));

/** What of one incident's page is news. */
export const incidentDigest = ({ incident, timeline, together }: IncidentReading): string =>
  hash([
    stateOf(incident),
    together.map(stateOf),
    timeline.length,
    timeline.map((entry) => (entry.kind === "delivery" ? entry.delivery.state : entry.atMs)),
  ]);

const stateOf = (row: IncidentRow): unknown => [
  row.id,
  row.revision,
  row.resolvedAtMs,
  row.acknowledgedAtMs,
  row.mutedUntilMs,
  row.firstAcceptedAtMs,
];

const hash = (value: unknown) =>
  createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 16);
