/**
 * What the public may read about an incident: cards, feeds, Markdown and `summary.json` are made of this and of nothing
 * else. Nobody's acknowledgement, mute, route or comment is in it.
 */
import type { IncidentSeverity } from "./alert-severity.ts";
import type { UpdateStage } from "./incident-cause.ts";
import { publicHelp } from "./public-help.ts";
import { publicLines } from "./public-text.ts";
import { FAILURE_REASONS, type FailureReason } from "./states.ts";

export interface PublicIncident {
  /** Stable: feeds and summaries name the incident by it. */
  readonly id: string;
  readonly endpointId: string;
  /** "Down: TLS certificate expired". */
  readonly title: string;
  /** What it is while it lasts; the worst it was afterwards. */
  readonly severity: IncidentSeverity;
  readonly failureReason: FailureReason | null;
  /** First failing probe. */
  readonly startedAtMs: number;
  /** First good probe; null while it lasts. */
  readonly endedAtMs: number | null;
  readonly isFlapping: boolean;
  /** Cities; empty when no region was named. */
  readonly cities: readonly string[];
  /** What the operator of the endpoint said, oldest first. */
  readonly updates: readonly PublicUpdate[];
}

export interface PublicUpdate {
  readonly stage: UpdateStage;
  readonly body: string;
  readonly atMs: number;
}

/** As Postgres has it. */
export interface StoredIncident {
  readonly id: string;
  readonly endpointId: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly resolvedAtMs: number | null;
  readonly severity: IncidentSeverity;
  readonly severityWorst: IncidentSeverity;
  readonly causes: readonly string[];
  readonly failureReason: string | null;
  readonly regions: readonly string[];
  readonly isFlapping: boolean;
  readonly updates: readonly PublicUpdate[];
}

/** How far back resolved incidents are told of. */
export const INCIDENTS_TOLD_MS = 90 * 86_400_000;
/** An outage that lasts longer is flagged in red. */
export const RED_FLAG_AFTER_MS = 15 * 60_000;
const UPDATE_CHARS_MAX = 2_000;

/** Cuts a stored incident down to what the public may see. `cityOf` names a region for people. */
export function toPublicIncident(stored: StoredIncident, cityOf: (region: string) => string): PublicIncident {
  const failureReason = FAILURE_REASONS.find((reason) => reason === stored.failureReason) ?? null;
  const isOver = stored.resolvedAtMs !== null;
  const severity = isOver ? stored.severityWorst : stored.severity;
  return {
    id: stored.id,
    endpointId: stored.endpointId,
    title: titleOf(severity, failureReason, stored.causes),
    severity,
    failureReason,
    startedAtMs: stored.startedAtMs,
    endedAtMs: isOver ? (stored.endedAtMs ?? stored.resolvedAtMs) : null,
    isFlapping: stored.isFlapping,
    cities: stored.regions.map(cityOf),
    updates: stored.updates.map(({ stage, body, atMs }) => ({
      stage,
      // Operators paste from their logs: an address of theirs is not for the public.
      body: publicLines(body, UPDATE_CHARS_MAX),
      atMs,
    })),
  };
}

/** True for an outage that lasts, a quarter of an hour after its first failure. */
export function isRedFlag(incident: PublicIncident, nowMs: number): boolean {
  return (
    incident.endedAtMs === null &&
    incident.severity === "P1" &&
    nowMs - incident.startedAtMs >= RED_FLAG_AFTER_MS
  );
}

/** How long it lasted, or has lasted until now; never negative. */
export function incidentDurationMs(incident: PublicIncident, nowMs: number): number {
  return Math.max(0, (incident.endedAtMs ?? nowMs) - incident.startedAtMs);
}

function titleOf(
  severity: IncidentSeverity,
  reason: FailureReason | null,
  causes: readonly string[],
): string {
  const state = severity === "P1" ? "Down" : "Degraded";
  const what = reason === null ? causeWords(causes) : publicHelp(reason).title;
  return what === null ? state : `${state}: ${what}`;
}

/** The first cause that says more than the state does. */
function causeWords(causes: readonly string[]): string | null {
  for (const cause of causes) {
    const words = cause.startsWith("regional:") ? "Failing from one region" : CAUSE_WORDS.get(cause);
    if (words !== undefined) {
      return words;
    }
  }
  return null;
}

const CAUSE_WORDS: ReadonlyMap<string, string> = new Map([
  ["error_rate_elevated", "Error rate elevated"],
  ["latency", "Slower than usual"],
  ["access_changed", "Access changed"],
]);
