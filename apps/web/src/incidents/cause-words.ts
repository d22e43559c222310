import { INCIDENT_CAUSES, type IncidentCause } from "@alivemcp/core/incident-cause";
import { publicHelp } from "@alivemcp/core/public-help";
import { FAILURE_REASONS, type FailureReason } from "@alivemcp/core/states";
import type { IncidentRow } from "@alivemcp/db/queries/incidents";

type PlainCause = Exclude<IncidentCause, `regional:${string}`>;

const WORDS: Readonly<Record<PlainCause, string>> = {
  down: "Down",
  degraded: "Degraded",
  error_rate_elevated: "More probes fail than usual",
  latency: "Much slower than usual",
  access_changed: "Asks for a login since lately, or no more",
  burn_rate: "Its error budget runs out fast",
  flapping: "Goes up and down",
};

/** One cause in words; `cityOf` names the region of a regional one. */
export function causeWords(cause: string, cityOf: (region: string) => string): string {
  if (cause.startsWith("regional:")) {
    return `Fails from ${cityOf(cause.slice("regional:".length))}`;
  }
  const known = INCIDENT_CAUSES.find((one) => one === cause);
  return known === undefined ? cause : WORDS[known];
}

/** The reason as one of ours; null when there is none, or a newer version wrote it. */
export const failureReasonOf = (reason: string | null): FailureReason | null =>
  FAILURE_REASONS.find((one) => one === reason) ?? null;

/** What is, or was, the matter, in a few words: "Down: connection refused". */
export function headlineWords(
  row: Pick<IncidentRow, "causes" | "severityWorst" | "failureReason">,
  cityOf: (region: string) => string,
): string {
  const [worst = row.severityWorst === "P1" ? "down" : "degraded"] = row.causes.includes("down")
    ? ["down"]
    : row.causes;
  const reason = failureReasonOf(row.failureReason);
  const words = causeWords(worst, cityOf);
  return reason === null ? words : `${words}: ${lowerFirst(publicHelp(reason).title)}`;
}

/** "TLS certificate expired" stays as it is. */
const lowerFirst = (text: string) =>
  /^[A-Z][a-z]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
