/**
 * What one probe found, before any opinion about it. Made by services/probe, judged by `judgeProbe`. `detail` is the
 * finer word kept beside the reason: for people, never for routing.
 */
import { publicLine } from "./public-text.ts";

/** What the probe was doing when it ended; with the outcome it decides reason and layer. */
export type ProbePhase = "handshake" | "tools_list" | "health";

/** Outcomes of opening a connection, shared by everything that dials a URL a stranger chose. */
export type DialOutcome =
  | { readonly kind: "target-forbidden"; readonly detail: "target_forbidden" }
  | { readonly kind: "dns-failed"; readonly detail: "dns_nxdomain" | "dns_error" | "dns_timeout" }
  | {
      readonly kind: "connect-refused";
      readonly detail: "tcp_refused" | "tcp_unreachable" | "tcp_reset" | "tcp_error";
    }
  | { readonly kind: "connect-timed-out"; readonly detail: "tcp_timeout" }
  | {
      readonly kind: "tls-failed";
      readonly failure: "expired" | "untrusted" | "hostname" | "error";
      /** `tls_<code>`, the code in OpenSSL's or Node's own word, lower-case. */
      readonly detail: string;
    }
  /** Our own fault: this machine ran out of sockets, files or memory, or we have a bug. */
  | { readonly kind: "probe-broke"; readonly detail: "probe_out_of_resources" | "probe_bug" };

/** Outcomes of one bounded HTTP exchange, whatever was asked. */
export type ExchangeOutcome =
  | DialOutcome
  | {
      readonly kind: "redirect-blocked";
      readonly detail:
        | "redirect_downgrade"
        | "redirect_cross_origin"
        | "redirect_method"
        | "redirect_loop"
        | "redirect_invalid";
    }
  /** Reset or closed before a status line, or bytes that are not HTTP. */
  | { readonly kind: "connection-lost"; readonly detail: "connection_reset" | "http_malformed" }
  | { readonly kind: "timed-out"; readonly detail: "first_byte_timeout" | "body_timeout" | "budget_spent" }
  | {
      readonly kind: "too-large";
      readonly detail:
        | "response_too_large"
        | "response_headers_too_large"
        | "response_too_deep"
        | "response_too_complex";
    }
  | { readonly kind: "truncated"; readonly detail: "truncated" | "bad_content_encoding" }
  /** The caller gave up on us (shutdown, the supervisor's own deadline), or a configured header cannot be sent. */
  | { readonly kind: "probe-broke"; readonly detail: "probe_aborted" | "probe_request_invalid" };

/** Why the credential does not open the endpoint. */
type CredentialFault =
  | "credential_rejected"
  /** Refused, and past the end of life that was declared or told for it. */
  | "credential_expired"
  | "credential_insufficient_scope";

export type ProbeOutcome =
  | ExchangeOutcome
  | { readonly kind: "healthy"; readonly detail: "tools_not_offered" | null }
  | { readonly kind: "slow-handshake"; readonly detail: "slow_handshake" }
  | { readonly kind: "http-failed"; readonly status: number }
  | { readonly kind: "rate-limited"; readonly detail: "http_429" }
  | { readonly kind: "access-blocked"; readonly detail: "http_403" }
  /** Alive, but the answer is not the JSON-RPC that was asked for. */
  | {
      readonly kind: "not-json-rpc";
      readonly detail:
        | "not_mcp"
        | "bad_content_type"
        | "invalid_json"
        | "empty_reply"
        | "sse_no_response"
        | "sse_no_endpoint"
        | "sse_endpoint_cross_origin"
        | "sse_endpoint_invalid";
    }
  | { readonly kind: "handshake-refused"; readonly code: number }
  | {
      readonly kind: "handshake-invalid";
      readonly detail: "initialize_invalid" | "discover_invalid" | "id_mismatch" | "version_unknown";
    }
  /** Speaks only protocol versions newer than ours. */
  | { readonly kind: "version-unsupported"; readonly detail: "unsupported_by_prober" }
  /** A modern endpoint says our request is at fault, and re-detection did not help. */
  | { readonly kind: "request-rejected"; readonly code: number }
  | {
      readonly kind: "list-failed";
      readonly detail: "tools_list_error" | "session_lost";
      readonly code: number;
    }
  | { readonly kind: "list-malformed"; readonly detail: "tools_list_invalid" | "pagination_runaway" }
  | { readonly kind: "list-empty"; readonly detail: "tools_empty" }
  | { readonly kind: "tools-invalid"; readonly names: readonly string[] }
  | {
      readonly kind: "health-failed";
      readonly detail:
        | "tool_error"
        | "health_tool_missing"
        | "health_tool_rejected"
        | "health_tool_input_required"
        | "health_tool_needs_task"
        | "health_tool_malformed";
    }
  /** The list lacks names that the owner expects in it. */
  | { readonly kind: "tools-missing"; readonly names: readonly string[] }
  /** `detail` names the assertion and what was found instead. */
  | { readonly kind: "assertion-failed"; readonly detail: string }
  /** `position` of the URL in the owner's list, from 1; `detail` what came of asking it. */
  | { readonly kind: "health-url-failed"; readonly position: number; readonly detail: string }
  | { readonly kind: "health-timed-out"; readonly detail: "slow_tool" | "health_tool_timeout" }
  | {
      readonly kind: "walled";
      readonly detail:
        | "auth_discoverable"
        | "auth_legacy_discovery"
        | "auth_undiscoverable"
        | "auth_metadata_unchecked"
        | "auth_on_list"
        | "auth_insufficient_scope"
        | "auth_nonstandard";
    }
  | {
      readonly kind: "wall-malformed";
      readonly detail:
        | "challenge_unparseable"
        | "auth_metadata_url_invalid"
        | "auth_metadata_unreachable"
        | "auth_metadata_broken"
        | "auth_metadata_wrong_resource"
        | "auth_server_metadata_broken"
        | "auth_server_wrong_issuer";
    }
  /** By the endpoint, or by its authorization server, in whose words the detail then is. */
  | { readonly kind: "credential-rejected"; readonly detail: CredentialFault | (string & {}) }
  /** The endpoint refused the credential, and whether a newer one opens it could not be found out. */
  | { readonly kind: "probe-broke"; readonly detail: "credential_not_renewed" };

/** Whether a second look from the same place is due before anyone calls it down: what a passing cloud looks like. */
export function isWorthSecondAttempt(outcome: ProbeOutcome): boolean {
  switch (outcome.kind) {
    case "connect-refused":
    case "connect-timed-out":
    case "connection-lost":
      return true;
    case "dns-failed":
      return outcome.detail !== "dns_nxdomain";
    case "tls-failed":
      return outcome.failure === "error";
    case "http-failed":
      return outcome.status >= 500;
    case "timed-out":
      return outcome.detail === "first_byte_timeout";
    default:
      return false;
  }
}

/** Whether the endpoint's own program had a chance to answer: otherwise no other greeting and no credential helps. */
export function isEndpointReached(outcome: ProbeOutcome): boolean {
  switch (outcome.kind) {
    case "target-forbidden":
    case "dns-failed":
    case "connect-refused":
    case "connect-timed-out":
    case "tls-failed":
    case "redirect-blocked":
    case "probe-broke":
      return false;
    default:
      return true;
  }
}

/** The outcome in one word or two, as the waterfall shows it. */
export function describeOutcome(outcome: ProbeOutcome): string {
  switch (outcome.kind) {
    case "http-failed":
      return `http_${outcome.status}`;
    case "handshake-refused":
      return `initialize_error ${outcome.code}`;
    case "request-rejected":
      return `probe_rejected ${outcome.code}`;
    case "list-failed":
      return `${outcome.detail} ${outcome.code}`;
    case "tools-invalid":
      return `tool_invalid: ${someNames(outcome.names)}`;
    case "tools-missing":
      return `expected_tool_missing: ${someNames(outcome.names)}`;
    case "health-url-failed":
      return `health_url ${outcome.position}: ${outcome.detail}`;
    default:
      return outcome.detail ?? outcome.kind;
  }
}

function someNames(names: readonly string[]): string {
  const shown = names
    .slice(0, 5)
    .map((name) => publicLine(name, 30))
    .join(", ");
  return `${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
}
