/** One thing worth telling one tenant, before anybody decided who hears of it. */
import type { AlertEvent } from "./alert-event.ts";
import type { AlertSeverity } from "./alert-severity.ts";
import type { DriftConcern } from "./drift-change.ts";
import type { IncidentCause } from "./incident-cause.ts";
import type { IncidentReason } from "./incident-decision.ts";

export interface Alert {
  readonly tenantId: string;
  readonly endpointId: string;
  /** Names it within the tenant: deciding it twice adds nothing. */
  readonly alertKey: string;
  /** What every message about the same thing shares; of an incident the id of the tenant's row. */
  readonly dedupKey: string;
  readonly event: AlertEvent;
  readonly severity: AlertSeverity;
  readonly atMs: number;
  /** Of a simulated outage. */
  readonly isTest: boolean;
  readonly facts: AlertFacts;
}

export type AlertFacts =
  | {
      readonly kind: "incident";
      readonly incidentTenantId: string;
      readonly news: IncidentNews;
      /** Why it changed; null when nothing of the endpoint did. */
      readonly because: IncidentReason | null;
      /** What is the matter now. */
      readonly causes: readonly IncidentCause[];
    }
  | {
      readonly kind: "drift";
      readonly driftEventId: string;
      readonly breaking: number;
      readonly other: number;
      /** Names of the tools concerned, as their endpoint wrote them. */
      readonly tools: readonly string[];
      readonly concerns: readonly DriftConcern[];
    }
  | {
      readonly kind: "expiry";
      readonly what: "certificate" | "credential";
      readonly expiresAtMs: number;
      /** The step: 30, 14, 7 or 3. */
      readonly days: number;
    };

/** What is new about an incident. */
export const INCIDENT_NEWS = [
  "opened",
  "reopened",
  /** Worse than what was told. */
  "rose",
  "fell",
  "flapping",
  /** More is wrong, of the kinds that are told of. */
  "added",
  /** Nothing changed, but what kept it back is over, or nobody answered. */
  "still-open",
  "acknowledged",
  /** The owner told the public how it stands. */
  "public-update",
  /** More, or fewer, of the endpoints that fail together with it are not well. */
  "together",
  "resolved",
] as const;
export type IncidentNews = (typeof INCIDENT_NEWS)[number];
