/** What is kept of an endpoint's last answer, for people who ask why. */
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import { redactExcerpt } from "@alivemcp/core/redact";
import type { ProbeRun } from "./probe-run.ts";

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
  const { credential } = run.request;
  const secrets = [
    ...(credential?.bearer === undefined ? [] : [credential.bearer]),
    ...Object.values(credential?.headers ?? {}),
    ...run.sessions.keys(),
  ];
  const { status, contentType } = run.lastHead;
  const said =
    typeof run.lastBody === "string" ? run.lastBody : run.lastBody.toString("utf8", 0, CHARS_LOOKED_AT);
  return redactExcerpt(`HTTP ${status} ${contentType} ${said.slice(0, CHARS_LOOKED_AT)}`, secrets);
}
