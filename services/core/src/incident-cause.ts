/**
 * What is the matter with an endpoint while it has an incident; several at once are one incident. `flapping` keeps one
 * open, it never opens one.
 */
export const INCIDENT_CAUSES = [
  "down",
  "degraded",
  "error_rate_elevated",
  "latency",
  "access_changed",
  "burn_rate",
  "flapping",
] as const;
export type IncidentCause = (typeof INCIDENT_CAUSES)[number] | `regional:${string}`;

/** Stages of what an owner tells the public about an incident. */
export const UPDATE_STAGES = ["investigating", "identified", "monitoring", "resolved"] as const;
export type UpdateStage = (typeof UPDATE_STAGES)[number];
