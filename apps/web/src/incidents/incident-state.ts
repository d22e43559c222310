import type { IncidentSeverity } from "@alivemcp/core/alert-severity";
import type { PublicState } from "@alivemcp/core/states";
import type { IncidentLine } from "./incidents-model.ts";

type Stateful = Pick<IncidentLine, "severity" | "resolvedAtMs" | "acknowledgedBy" | "mutedUntilMs">;

const OPEN_MARKS: Readonly<Record<IncidentSeverity, PublicState>> = { P1: "down", P2: "degraded" };

/** Which of the four marks of the dashboard an incident wears. */
export const incidentMark = ({ severity, resolvedAtMs }: Stateful): PublicState =>
  resolvedAtMs === null ? OPEN_MARKS[severity] : "live";

/** "Resolved", "Acknowledged", "Muted", "Open": the first that is true. */
export function incidentWord(incident: Stateful, nowMs: number): string {
  if (incident.resolvedAtMs !== null) {
    return "Resolved";
  }
  if (incident.acknowledgedBy !== null) {
    return "Acknowledged";
  }
  return incident.mutedUntilMs !== null && incident.mutedUntilMs > nowMs ? "Muted" : "Open";
}
