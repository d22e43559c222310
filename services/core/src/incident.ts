/** One confirmed period of trouble of one endpoint, as facts: what tenants make of it is decided elsewhere. */
import { z } from "zod";
import { INCIDENT_SEVERITIES, type IncidentSeverity } from "./alert-severity.ts";
import { INCIDENT_CAUSES, type IncidentCause } from "./incident-cause.ts";
import { FAILURE_REASONS } from "./states.ts";

const epochMs = z.int().nonnegative();

/** Turns a stored word into a cause; null for one of a newer version. */
export function readCause(word: string): IncidentCause | null {
  const known = INCIDENT_CAUSES.find((cause) => cause === word);
  return known ?? (/^regional:.{1,32}$/.test(word) ? (word as `regional:${string}`) : null);
}

const causeSchema = z.string().transform((word, context): IncidentCause => {
  const cause = readCause(word);
  if (cause === null) {
    context.addIssue("not a cause of incidents");
    return z.NEVER;
  }
  return cause;
});

/** The columns of `incident` that decisions are made from. Lists are sorted and hold nothing twice. */
export const incidentSchema = z.object({
  /** Made by somebody to see what happens: nothing that the endpoint does touches it. */
  isSimulated: z.boolean(),
  /** First failing probe; of a warning, the minute that raised it. */
  startedAtMs: epochMs,
  /** First good probe after the trouble; null while it lasts. */
  endedAtMs: epochMs.nullable(),
  openedAtMs: epochMs,
  resolvedAtMs: epochMs.nullable(),
  severity: z.enum(INCIDENT_SEVERITIES),
  severityWorst: z.enum(INCIDENT_SEVERITIES),
  /** What is the matter now; empty once resolved. */
  causes: z.array(causeSchema).readonly(),
  /** Of the worst cause; stays after it is resolved. */
  failureReason: z.enum(FAILURE_REASONS).nullable(),
  regions: z.array(z.string()).readonly(),
  /** It has flapped; stays true. */
  isFlapping: z.boolean(),
  /** The change of access counted last: when, and whether a login is asked for since. */
  access: z.object({ atMs: epochMs, isWalled: z.boolean() }).readonly().nullable(),
  /** Rises with every change. */
  revision: z.int().positive(),
});
export type Incident = Readonly<z.infer<typeof incidentSchema>>;

/** P1 when the endpoint is down, P2 for everything else that opens an incident. */
export const severityOfCauses = (causes: readonly IncidentCause[]): IncidentSeverity =>
  causes.includes("down") ? "P1" : "P2";

/** Causes from the worst to the mildest: the first one names the incident. */
const CAUSE_ORDER = [
  "down",
  "degraded",
  "regional",
  "error_rate_elevated",
  "burn_rate",
  "access_changed",
  "latency",
  "flapping",
];

const rankOf = (cause: IncidentCause): number => CAUSE_ORDER.indexOf(cause.split(":")[0] ?? cause);

/** The cause that titles speak of; null when nothing is the matter. */
export function worstCause(causes: readonly IncidentCause[]): IncidentCause | null {
  const [worst] = [...causes].sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  return worst ?? null;
}

/** The incident while it is open; null for one that is resolved, and for none. */
export const openIncident = (incident: Incident | null): Incident | null =>
  incident?.resolvedAtMs === null ? incident : null;

/** As lists are kept: sorted, each value once. */
export const asSet = <T extends string>(values: readonly T[]): readonly T[] => [...new Set(values)].sort();
