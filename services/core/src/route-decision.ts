/** What `routeAlert` is told and what it answers. */
import type { Alert } from "./alert.ts";
import type { AlertEvent } from "./alert-event.ts";
import type { AlertRule, ScopedEndpoint } from "./alert-rule.ts";
import type { AlertSeverity } from "./alert-severity.ts";
import type { AlertVerdict } from "./delivery-state.ts";
import type { EscalationDecision, EscalationPolicy } from "./escalation.ts";
import type { MaintenanceWindow } from "./maintenance.ts";
import type { Plan } from "./plans.ts";
import type { ReleaseWindow } from "./release-window.ts";
import type { SinkKind, SinkState } from "./sink-kind.ts";

export interface RoutedSink {
  readonly id: string;
  readonly kind: SinkKind;
  readonly state: SinkState;
  readonly isDefault: boolean;
  readonly createdAtMs: number;
}

/** What a tenant made of the incident so far. */
export interface RoutedIncident {
  readonly acknowledgedAtMs: number | null;
  readonly mutedUntilMs: number | null;
  /** One cause struck many tenants: they get one notice instead. */
  readonly isClustered: boolean;
  /** Sinks with an earlier message of the incident, sent or on its way, and the severity told last there. */
  readonly told: readonly { readonly sinkId: string; readonly severity: AlertSeverity }[];
  /** First page; null while there was none. */
  readonly pagedAtMs: number | null;
  readonly escalationPolicyId: string | null;
  /** Steps done. */
  readonly escalationStep: number;
}

export interface RouteInput {
  readonly alert: Alert;
  readonly endpoint: ScopedEndpoint;
  /** `none`: it neither owns nor follows the endpoint any more. */
  readonly relation: "owner" | "follower" | "none";
  /** All of the tenant's, in any order. */
  readonly rules: readonly AlertRule[];
  readonly sinks: readonly RoutedSink[];
  readonly policies: readonly EscalationPolicy[];
  readonly maintenance: readonly MaintenanceWindow[];
  /** Of the endpoint, newest first. */
  readonly releases: readonly ReleaseWindow[];
  readonly cadenceMs: number;
  /** Null when the alert is about no incident. */
  readonly incident: RoutedIncident | null;
  readonly plan: Pick<Plan, "sinksMax" | "sinkKinds" | "hasEscalationPolicies">;
  /** Escalation steps that are due: their sinks are told again, whatever the rules say. */
  readonly escalateTo: Pick<EscalationDecision, "sinkIds" | "stepsDone"> | null;
}

export const SEND_REASONS = [
  "rule-matches",
  "default-rule",
  /** No sink of the rules that match could take it. */
  "fallback-to-default",
  "told-before",
  "escalation-step",
  "still-open",
] as const;
export const FOLD_REASONS = ["weekly-digest", "shared-cause"] as const;
export const MUTE_REASONS = [
  "muted-by-person",
  "maintenance",
  "release-announced",
  "acknowledged",
  "sink-over-plan",
  "sink-kind-not-in-plan",
] as const;
export const SKIP_REASONS = [
  "not-watched",
  /** How fast an error budget burns is a matter of whoever set it. */
  "owners-alone",
  "all-rules-off",
  "endpoint-not-in-scope",
  "severity-not-asked",
  "outside-hours",
  "rule-without-sinks",
  "no-default-sink",
  "sink-unverified",
  "sink-disabled",
  "sink-deleted",
  "never-told",
  "already-told",
] as const;

type Because<V extends AlertVerdict, R extends string> = { readonly verdict: V; readonly reason: R };
/** Verdict and reason, only as they can go together. */
export type RouteAnswer =
  | Because<"send", (typeof SEND_REASONS)[number]>
  | Because<"fold", (typeof FOLD_REASONS)[number]>
  | Because<"mute", (typeof MUTE_REASONS)[number]>
  | Because<"skip", (typeof SKIP_REASONS)[number]>;
export type RouteReason = RouteAnswer["reason"];

export type RouteDecision = RouteAnswer & {
  /** Null when no sink came into question: then it is the only decision. */
  readonly sinkId: string | null;
  /** The first rule that asked for it; null for the default, and for what follows an earlier message. */
  readonly ruleId: string | null;
  /** What the sink is told: its first message of an incident is always an opening. */
  readonly event: AlertEvent;
  /** When a mute ends; null when it does not, or that is not known. */
  readonly untilMs: number | null;
};

export interface RouteOutcome {
  /** One per sink that came into question, each sink once; at least one. */
  readonly decisions: readonly RouteDecision[];
  /** When the incident must be routed again (news `still-open`) although nothing changed; null for other alerts. */
  readonly wakeAtMs: number | null;
  /** To be kept with the tenant's row; null without an incident. */
  readonly escalation: {
    readonly policyId: string | null;
    readonly stepsDone: number;
  } | null;
}
