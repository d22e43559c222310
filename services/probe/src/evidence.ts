/** What is kept of an endpoint's last answer, for people who ask why. */
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import { redactExcerpt } from "@alivemcp/core/redact";
import type { ProbeRun } from "./probe-run.ts";
import { blankSecrets } from "./secret-forms.ts";

const CHARS_LOOKED_AT = 2_000;

/** Remembers text of the endpoint as evidence of the last reply. */
export function keepEvidence(run: ProbeRun, text: string | Buffer): void {
  run.lastBody = text;
}

/** Status line, media type and the start of the body, without anything secret. Null when the endpoint said nothing. */
export function evidenceOf(run: ProbeRun, outcome: ProbeOutcome): string | null {
  if (run.lastHead === null || outcome.kind === "healthy" || outcome.kind === "slow-handshake") {
    return null;
  }
  const { all: secrets } = run.secrets;
  const { status, contentType } = run.lastHead;
  // More than is looked at, so that a secret which begins inside it is seen whole.
  const charsTaken = CHARS_LOOKED_AT + Math.max(0, ...secrets.map(({ length }) => length));
  const said =
    typeof run.lastBody === "string"
      ? run.lastBody.slice(0, charsTaken)
      : run.lastBody.toString("utf8", 0, charsTaken);
  const cleaned = blankSecrets(said, secrets).slice(0, CHARS_LOOKED_AT);
  const type = blankSecrets(
    contentType,
    secrets.map((secret) => secret.toLowerCase()),
  );
  return redactExcerpt(`HTTP ${status} ${type} ${cleaned}`, [...run.sessions.keys()]);
}
