/** From what an attempt came to, to what is reported. */
import { judgeProbe, type ProbeJudgement } from "@alivemcp/core/judge-probe";
import type { ProbeFinding } from "@alivemcp/core/pipeline";
import { redactExcerpt } from "@alivemcp/core/redact";
import type { FailureReason } from "@alivemcp/core/states";
import type { ProbeDeps } from "./probe-deps.ts";
import type { ProbeRun } from "./probe-run.ts";
import { blankSecrets, type SecretForms } from "./secret-forms.ts";
import type { Attempt } from "./walk-layers.ts";

export interface ProbeAnswer {
  readonly finding: ProbeFinding;
  /** Raw tools as the endpoint listed them; only when their hash differs from `lastFullHash`. */
  readonly toolList: readonly unknown[] | null;
}

/** An attempt with its books. */
export interface Attempted {
  readonly run: ProbeRun;
  readonly attempt: Attempt;
  readonly observedAtMs: number;
}

const LINTS_MAX = 50;
const TLS_EXPIRING_MS = 14 * 24 * 60 * 60_000;

export function judgeAttempt({ run, attempt }: Attempted): ProbeJudgement {
  const { isJsonRpcSeen, isInitializedRejected } = run;
  return judgeProbe(attempt.outcome, { phase: attempt.phase, isJsonRpcSeen, isInitializedRejected });
}

/** The finding of the attempt that counts. */
export function conclude(
  attempted: Attempted,
  startedAtMs: number,
  transientReason: FailureReason | null,
): ProbeAnswer {
  const { run, attempt, observedAtMs } = attempted;
  const { state, reason, layer, detail, isAuthRequired } = judgeAttempt(attempted);
  const isListNew = attempt.list !== null && attempt.list.fullHash !== run.request.lastFullHash;
  noteExpiry(run, observedAtMs);
  noteExposure(run);
  return {
    finding: {
      state,
      reason,
      layer,
      detail: detail && blankSecrets(detail, run.secrets.all).slice(0, 200),
      isAuthRequired,
      startedAtMs,
      observedAtMs,
      latencyMs: run.latencyMs,
      era: run.wire?.era ?? null,
      protocolVersion: run.wire?.protocolVersion ?? null,
      transport: run.wire?.transport ?? null,
      server: run.server,
      toolsCount: attempt.list?.toolsCount ?? null,
      contractHash: attempt.list?.contractHash ?? null,
      fullHash: attempt.list?.fullHash ?? null,
      transientReason,
      tlsExpiresAtMs: run.tlsExpiresAtMs,
      retryAfterMs: run.retryAfterMs,
      lints: [...run.lints]
        .slice(0, LINTS_MAX)
        .map((lint) => blankSecrets(lint, run.secrets.all).slice(0, 200)),
      steps: run.steps,
      evidence: attempt.evidence,
    },
    toolList: isListNew ? attempt.tools : null,
  };
}

function noteExpiry(run: ProbeRun, nowMs: number): void {
  const { tlsExpiresAtMs } = run;
  if (tlsExpiresAtMs !== null && tlsExpiresAtMs > nowMs && tlsExpiresAtMs - nowMs < TLS_EXPIRING_MS) {
    run.lints.add(
      `tls_expiring: the certificate ends on ${new Date(tlsExpiresAtMs).toISOString().slice(0, 10)}`,
    );
  }
}

/** Inside ranges that the operator opened, plain http is the operator's own network. */
function noteExposure(run: ProbeRun): void {
  const { request, url, remoteAddress, deps } = run;
  const isExposed =
    request.credential !== null &&
    url.protocol === "http:" &&
    remoteAddress !== null &&
    deps.guard.classify(remoteAddress) === "public";
  if (isExposed) {
    run.lints.add("credential_unencrypted: over plain http anybody on the way can read the credential");
  }
}

/** A bug of ours: never held against the endpoint, and the worker lives on. */
export function brokenProbe(
  deps: ProbeDeps,
  broken: { readonly startedAtMs: number; readonly error: unknown; readonly secrets: SecretForms },
): ProbeAnswer {
  const { startedAtMs, error, secrets } = broken;
  const { state, reason, layer, detail } = judgeProbe(
    { kind: "probe-broke", detail: "probe_bug" },
    { phase: "handshake", isJsonRpcSeen: false, isInitializedRejected: false },
  );
  const said = error instanceof Error ? `${error.name}: ${error.message}` : "not an error";
  return {
    finding: {
      state,
      reason,
      layer,
      detail,
      isAuthRequired: false,
      startedAtMs,
      observedAtMs: deps.clock.nowMs(),
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
      evidence: redactExcerpt(blankSecrets(said, secrets.all)),
    },
    toolList: null,
  };
}
