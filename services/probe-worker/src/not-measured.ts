import type { ProbeFinding } from "@alivemcp/core/pipeline";
import type { HandoverFault } from "./open-credential.ts";

/** Why this worker has no finding of its own for a job; our fault each time, so the endpoint's state is `unknown`. */
export type NotMeasuredDetail =
  | "killed_worker"
  | "quarantine_full"
  | "worker_lost"
  | "finding_malformed"
  | "self_check_failed"
  /** This worker has no `INTERNAL_URL`, or no token of the job's region. */
  | "credential_not_configured"
  | HandoverFault
  | "picked_up_late";

/** The finding `unknown` / `probe_error`: never held against the endpoint. */
export function notMeasured(
  detail: NotMeasuredDetail,
  span: { readonly startedAtMs: number; readonly observedAtMs: number },
): ProbeFinding {
  return {
    state: "unknown",
    reason: "probe_error",
    layer: "probe",
    detail,
    isAuthRequired: false,
    ...span,
    latencyMs: null,
    era: null,
    protocolVersion: null,
    transport: null,
    server: null,
    toolsCount: null,
    contractHash: null,
    fullHash: null,
    transientReason: null,
    tlsExpiresAtMs: null,
    retryAfterMs: null,
    lints: [],
    steps: [],
    evidence: null,
  };
}
