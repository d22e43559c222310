/**
 * P1: committed down. P2: degraded, regional, error rate, health, access changed. P3: breaking drift, a credential or
 * certificate that runs out. P4: a blip that healed unconfirmed, drift that breaks nobody: log and weekly digest only.
 */
export const ALERT_SEVERITIES = ["P1", "P2", "P3", "P4"] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** Severities that an incident can have; P3 and P4 are told of without one. */
export const INCIDENT_SEVERITIES = ["P1", "P2"] as const;
export type IncidentSeverity = (typeof INCIDENT_SEVERITIES)[number];
