/**
 * From what a probe found to what we say about the endpoint: state, reason, layer, detail. Before:
 * services/probe/src/run-probe.ts. The states and reasons are README's dictionary; the rows are tested one by one.
 */
import { describeOutcome, type ProbeOutcome, type ProbePhase } from "./probe-outcome.ts";
import type { FailureLayer, FailureReason, ProbeState } from "./states.ts";
import { unreachable } from "./unreachable.ts";

export interface ProbeJudgement {
  readonly state: ProbeState;
  readonly reason: FailureReason | null;
  readonly layer: FailureLayer | null;
  readonly detail: string | null;
  readonly isAuthRequired: boolean;
}

export interface ProbeContext {
  readonly phase: ProbePhase;
  /** Whether any JSON-RPC message came from this endpoint during the probe: it tells broken MCP from no MCP. */
  readonly isJsonRpcSeen: boolean;
  /** The endpoint refused `notifications/initialized`: a list that then fails is half expected. */
  readonly isInitializedRejected: boolean;
}

/** Judges one outcome. Pure and total: every outcome ends as a state and, unless `up`, a reason with a layer. */
export function judgeProbe(outcome: ProbeOutcome, context: ProbeContext): ProbeJudgement {
  const judgement = judgeOutcome(outcome, context);
  if (judgement.state !== "down") {
    return judgement;
  }
  if (context.phase === "health") {
    const reason = outcome.kind === "timed-out" ? "health_check_timeout" : "health_check_failed";
    return { ...judgement, state: "degraded", reason, layer: "health" };
  }
  if (context.phase === "tools_list" && context.isInitializedRejected) {
    return {
      ...judgement,
      state: "degraded",
      reason: "tools_list_failed",
      layer: "tools_list",
      detail: "initialized_rejected",
    };
  }
  return judgement;
}

function judgeOutcome(outcome: ProbeOutcome, context: ProbeContext): ProbeJudgement {
  const isListing = context.phase === "tools_list";
  const spoken: FailureLayer = isListing ? "tools_list" : "protocol";
  switch (outcome.kind) {
    case "healthy":
      return { state: "up", reason: null, layer: null, detail: outcome.detail, isAuthRequired: false };
    case "slow-handshake":
      return judged("degraded", "latency", "latency", outcome.detail);
    case "target-forbidden":
      return judged("down", "target_blocked", "dns", outcome.detail);
    case "dns-failed":
      return judged("down", "dns_failure", "dns", outcome.detail);
    case "connect-refused":
      return judged("down", "connection_refused", "tcp", outcome.detail);
    case "connect-timed-out":
      return judged("down", "connection_timeout", "tcp", outcome.detail);
    case "tls-failed":
      return judged("down", `tls_${outcome.failure}`, "tls", outcome.detail);
    case "redirect-blocked":
      return judged("down", "redirect_blocked", "http", outcome.detail);
    case "connection-lost":
      return isListing
        ? judged("down", "tools_list_failed", "tools_list", outcome.detail)
        : judged("down", "http_error", "http", outcome.detail);
    case "timed-out":
      return judged("down", "timeout", isListing ? "tools_list" : "http", outcome.detail);
    case "too-large":
      return judged("down", "response_too_large", isListing ? "tools_list" : "http", outcome.detail);
    case "http-failed":
      return isListing
        ? judged("down", "tools_list_failed", "tools_list", describeOutcome(outcome))
        : judged("down", "http_error", "http", describeOutcome(outcome));
    case "rate-limited":
      return judged("degraded", "rate_limited", "http", outcome.detail);
    case "access-blocked":
      return judged("degraded", "access_blocked", "http", outcome.detail);
    case "not-json-rpc":
    case "truncated":
      return judged("down", context.isJsonRpcSeen ? "protocol_error" : "not_mcp", spoken, outcome.detail);
    case "probe-broke":
      return judged("unknown", "probe_error", "probe", outcome.detail);
    default:
      return judgeMcp(outcome, spoken);
  }
}

/** The arms that only an endpoint which speaks MCP, or guards it, can reach. */
function judgeMcp(
  outcome: Extract<
    ProbeOutcome,
    {
      kind:
        | "handshake-refused"
        | "handshake-invalid"
        | "version-unsupported"
        | "request-rejected"
        | "list-failed"
        | "list-malformed"
        | "list-empty"
        | "tools-invalid"
        | "tools-missing"
        | "health-failed"
        | "assertion-failed"
        | "health-url-failed"
        | "health-timed-out"
        | "walled"
        | "wall-malformed"
        | "credential-rejected";
    }
  >,
  spoken: FailureLayer,
): ProbeJudgement {
  switch (outcome.kind) {
    case "handshake-refused":
      return judged("down", "protocol_error", "protocol", describeOutcome(outcome));
    case "handshake-invalid":
      return judged("down", "protocol_error", spoken, outcome.detail);
    case "version-unsupported":
      return judged("degraded", "unsupported_version", "protocol", outcome.detail);
    case "request-rejected":
      return judged("unknown", "probe_error", "probe", describeOutcome(outcome));
    case "list-failed":
      return judged("down", "tools_list_failed", "tools_list", describeOutcome(outcome));
    case "list-malformed":
      return judged("down", "tools_list_malformed", "tools_list", outcome.detail);
    case "list-empty":
      return judged("degraded", "tools_list_malformed", "tools_list", outcome.detail);
    case "tools-invalid":
      return judged("degraded", "tools_list_malformed", "tools_list", describeOutcome(outcome));
    case "tools-missing":
      // The same fault as an empty list, told by its owner: a list without these tools is not the one that was meant.
      return judged("degraded", "tools_list_malformed", "tools_list", describeOutcome(outcome));
    case "assertion-failed":
      return judged("degraded", "health_check_failed", "health", outcome.detail);
    case "health-url-failed":
      return judged("degraded", "health_url_failed", "health", describeOutcome(outcome));
    case "health-failed":
      return judged("degraded", "health_check_failed", "health", outcome.detail);
    case "health-timed-out":
      return judged("degraded", "health_check_timeout", "health", outcome.detail);
    case "walled":
      return walled("auth_required", outcome.detail);
    case "wall-malformed":
      return walled("auth_challenge_malformed", outcome.detail);
    case "credential-rejected":
      return walled("credential_rejected", outcome.detail);
  }
  return unreachable(outcome);
}

function judged(
  state: ProbeState,
  reason: FailureReason,
  layer: FailureLayer,
  detail: string,
): ProbeJudgement {
  return { state, reason, layer, detail, isAuthRequired: false };
}

function walled(reason: FailureReason, detail: string): ProbeJudgement {
  return { state: "auth_walled", reason, layer: "auth", detail, isAuthRequired: true };
}
