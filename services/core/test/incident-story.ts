/** Incidents and updates for tests: one endpoint, told what its state machine would say. */
import { advanceIncident } from "../src/advance-incident.ts";
import type { Incident } from "../src/incident.ts";
import { INCIDENT_RULES, type IncidentDecision, type IncidentUpdate } from "../src/incident-decision.ts";

const MINUTE_MS = 60_000;
export const t0 = Date.UTC(2026, 10, 21, 12, 0, 0);
export const at = (minutes: number) => t0 + minutes * MINUTE_MS;

type EndpointUpdate = Extract<IncidentUpdate, { kind: "endpoint" }>;
type Told = { readonly nowMs: number; readonly update: IncidentUpdate };

/** An endpoint that is up since t0, with what is said besides. */
export const up = (minute: number, change: Partial<EndpointUpdate> = {}): Told => ({
  nowMs: at(minute),
  update: {
    kind: "endpoint",
    committed: "up",
    sinceAtMs: t0,
    marks: [],
    failureReason: null,
    regions: [],
    access: null,
    aboutAtMs: at(minute),
    ...change,
  },
});

export const marked = (
  minute: number,
  marks: readonly string[],
  change: Partial<EndpointUpdate> = {},
): Told => up(minute, { marks, ...change });

/** Down since a minute before. */
export const down = (minute: number, change: Partial<EndpointUpdate> = {}): Told =>
  up(minute, {
    committed: "down",
    sinceAtMs: at(minute - 1),
    failureReason: "connection_refused",
    regions: ["eu-west", "us-east"],
    ...change,
  });

export const burn = (minute: number, isRaised: boolean): Told => ({
  nowMs: at(minute),
  update: { kind: "cause", cause: "burn_rate", isRaised, atMs: at(minute) },
});

export const access = (minute: number, isWalled: boolean, change: Partial<EndpointUpdate> = {}): Told =>
  up(minute, { access: { atMs: at(minute), isWalled }, marks: isWalled ? ["auth_walled"] : [], ...change });

export const gone = (minute: number, why: "endpoint-paused" | "endpoint-deleted"): Told => ({
  nowMs: at(minute),
  update: { kind: "gone", why },
});

export const time = (minute: number): Told => ({ nowMs: at(minute), update: { kind: "time" } });

/** Tells one after the other; the decisions in order. */
export function tell(story: readonly Told[], from: Incident | null = null): readonly IncidentDecision[] {
  const decisions: IncidentDecision[] = [];
  let incident = from;
  for (const { nowMs, update } of story) {
    const decision = advanceIncident(incident, update, nowMs, INCIDENT_RULES);
    decisions.push(decision);
    incident = decision.next;
  }
  return decisions;
}

export const simulated = (minute: number): Incident => ({
  isSimulated: true,
  startedAtMs: at(minute),
  endedAtMs: null,
  openedAtMs: at(minute),
  resolvedAtMs: null,
  severity: "P1",
  severityWorst: "P1",
  causes: ["down"],
  failureReason: "connection_refused",
  regions: [],
  isFlapping: false,
  access: null,
  revision: 1,
});
