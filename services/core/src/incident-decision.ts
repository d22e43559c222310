/** What `advanceIncident` is told and what it answers: part of the contract of the timeline, of pages and of alerts. */
import type { IncidentSeverity } from "./alert-severity.ts";
import type { Incident } from "./incident.ts";
import type { IncidentCause } from "./incident-cause.ts";
import type { CommittedState, FailureReason } from "./states.ts";

export interface IncidentRules {
  /** After this a changed access is the new normal. */
  readonly accessChangedForMs: number;
  /** A simulated outage ends by itself. */
  readonly simulatedForMs: number;
}

export const INCIDENT_RULES: IncidentRules = {
  accessChangedForMs: 24 * 3_600_000,
  simulatedForMs: 60_000,
};

export type IncidentUpdate =
  /** An endpoint after a decision of its state machine. */
  | {
      readonly kind: "endpoint";
      readonly committed: CommittedState;
      /** Start of the committed state: of `down` the first failing probe, of `up` the first good one. */
      readonly sinceAtMs: number;
      /** Marks of the machine; those that are no trouble of their own, such as `auth_walled`, raise nothing. */
      readonly marks: readonly string[];
      /** `shownReason` of the machine. */
      readonly failureReason: FailureReason | null;
      /** Regions that say so, in any order. */
      readonly regions: readonly string[];
      /** The `access-changed` mark of this decision: when, and whether a login is asked for now. Null without one. */
      readonly access: { readonly atMs: number; readonly isWalled: boolean } | null;
      /** What the news is about: the start of a late or corrected minute; otherwise the same as now. */
      readonly aboutAtMs: number;
    }
  /** A cause that the endpoint's own machine does not know, such as the burn rate of its error budget. */
  | { readonly kind: "cause"; readonly cause: "burn_rate"; readonly isRaised: boolean; readonly atMs: number }
  /** Nobody watches it any more: there is no trouble that we could see the end of. */
  | { readonly kind: "gone"; readonly why: GoneReason }
  /** Time has passed. */
  | { readonly kind: "time" };

export type GoneReason = "endpoint-paused" | "endpoint-deleted";

export const INCIDENT_CHANGE_KINDS = [
  "opened",
  "reopened",
  "severity-rose",
  "severity-fell",
  "cause-added",
  "cause-ended",
  "regions-changed",
  "reason-known",
  "flapping",
  "amended",
  "resolved",
] as const;
export type IncidentChangeKind = (typeof INCIDENT_CHANGE_KINDS)[number];

export type IncidentReason =
  /** Trouble where there was none. */
  | "trouble-began"
  /** A late or corrected minute says that it had not ended. */
  | "trouble-had-not-ended"
  | "got-worse"
  | "got-better"
  | "more-is-wrong"
  | "less-is-wrong"
  | "more-regions"
  | "reason-found"
  | "began-earlier"
  | "flapping-began"
  | "recovered"
  /** The login wall came, or went, a day ago: that is how it is now. */
  | "access-is-normal-now"
  | "simulation-over"
  | GoneReason;

/** Why nothing changed. */
export type IncidentIdleReason =
  | "nothing-wrong"
  | "nothing-new"
  | "nothing-known"
  | "simulated"
  /** It was found out before the incident ended. */
  | "too-old"
  | "flapping-opens-none";

/** One fact of the timeline. */
export interface IncidentChange {
  readonly kind: IncidentChangeKind;
  readonly reason: IncidentReason;
  readonly atMs: number;
  /** Unique within the incident; the same change always has the same one. */
  readonly key: string;
  readonly facts: Readonly<{
    severity?: IncidentSeverity;
    cause?: IncidentCause;
    causes?: readonly IncidentCause[];
    regions?: readonly string[];
    failureReason?: FailureReason | null;
    startedAtMs?: number;
    endedAtMs?: number;
  }>;
}

export interface IncidentDecision {
  /** The incident after the update: open, resolved, or null when there is none and none was. */
  readonly next: Incident | null;
  /** `insert`: a new incident. `update`: the one given has changed. */
  readonly write: "none" | "insert" | "update";
  /** In order of telling; empty exactly when nothing is written. */
  readonly changes: readonly IncidentChange[];
  readonly reason: IncidentReason | IncidentIdleReason;
}

/** When an open incident changes although nobody hears of its endpoint; null when it does not. */
export function incidentWakeAtMs(incident: Incident, rules: IncidentRules): number | null {
  if (incident.resolvedAtMs !== null) {
    return null;
  }
  if (incident.isSimulated) {
    return incident.openedAtMs + rules.simulatedForMs;
  }
  const { causes, access } = incident;
  return access !== null && causes.includes("access_changed") ? access.atMs + rules.accessChangedForMs : null;
}
