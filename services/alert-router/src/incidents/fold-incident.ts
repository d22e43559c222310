import { advanceIncident } from "@alivemcp/core/advance-incident";
import { type EndpointState, shownReason } from "@alivemcp/core/endpoint-state";
import type { EndpointPolicy } from "@alivemcp/core/endpoint-state-rules";
import {
  INCIDENT_RULES,
  type IncidentChange,
  type IncidentDecision,
  type IncidentUpdate,
} from "@alivemcp/core/incident-decision";
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import type { DecidedStep } from "../decided-endpoint.ts";
import type { KnownIncident } from "./known-incident.ts";

/** One revision of an incident, with what changed in it. */
export interface IncidentRevision {
  readonly incident: KnownIncident;
  readonly changes: readonly IncidentChange[];
}

/**
 * What an endpoint's decided events make of its incident, revision by revision. `known` is its newest one. Times are the
 * stream's: a backlog is folded as it would have been in time, so that what is shown does not tell when we were away.
 */
export function foldIncident(
  input: {
    readonly endpointId: string;
    readonly known: KnownIncident | null;
    readonly steps: readonly DecidedStep[];
    readonly policy: EndpointPolicy;
    readonly nowMs: number;
  },
  makeId: () => string,
): readonly IncidentRevision[] {
  const revisions: IncidentRevision[] = [];
  let known = input.known;
  for (const step of input.steps) {
    const atMs = atMsOf(step, input.nowMs, known);
    const update = updateOf(step, input.policy, atMs);
    const decision = advanceIncident(known, update, atMs, INCIDENT_RULES);
    const revision = revisionOf(
      decision,
      known,
      { endpointId: input.endpointId, simulatedFor: null },
      makeId,
    );
    if (revision) {
      revisions.push(revision);
      known = revision.incident;
    }
  }
  return revisions;
}

/** The revision that a decision makes, under the id of the incident it changes or a new one; null when nothing changed. */
export function revisionOf(
  { next, write, changes }: IncidentDecision,
  known: KnownIncident | null,
  { endpointId, simulatedFor }: Pick<KnownIncident, "endpointId" | "simulatedFor">,
  makeId: () => string,
): IncidentRevision | null {
  if (write === "none" || next === null) {
    return null;
  }
  const id = write === "update" && known !== null ? known.id : makeId();
  return { incident: { ...next, id, endpointId, simulatedFor }, changes };
}

/** Never before what was decided of the incident already: deadlines run by our clock, entries by the stream's. */
function atMsOf({ event }: DecidedStep, nowMs: number, known: KnownIncident | null): number {
  const atMs =
    event.kind === "result" || event.kind === "minute" ? Math.min(nowMs, event.writtenAtMs) : nowMs;
  return Math.max(atMs, known?.resolvedAtMs ?? known?.openedAtMs ?? 0);
}

function updateOf({ event, decision }: DecidedStep, { rules }: EndpointPolicy, atMs: number): IncidentUpdate {
  const { next: state, actions } = decision;
  const access = actions.find((action) => action.kind === "mark" && action.reason === "access-changed");
  return {
    kind: "endpoint",
    committed: state.committed,
    sinceAtMs: state.sinceAtMs,
    marks: state.marks,
    failureReason: shownReason(state, rules),
    regions: regionsOf(state, { event, decision }),
    access: access?.kind === "mark" ? { atMs: access.atMs, isWalled: access.isRaised } : null,
    aboutAtMs: event.kind === "minute" && event.revision > 1 ? event.minute * MINUTE_MS : atMs,
  };
}

/** Regions that say what is the matter: of `down` those that confirmed it, else those that found fault in the minute. */
function regionsOf(state: EndpointState, { event, decision }: DecidedStep): readonly string[] {
  if (state.committed === "down") {
    const commit = decision.actions.findLast((action) => action.kind === "commit");
    return commit?.kind === "commit" && commit.to === "down" ? commit.regions : [];
  }
  if (event.kind !== "minute" || !state.marks.includes("degraded")) {
    return [];
  }
  return Object.entries(event.votes)
    .filter(([, vote]) => vote.state === "down" || vote.state === "degraded")
    .map(([region]) => region);
}
