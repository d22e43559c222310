/** The enums of the product: states, failure reasons and layers. Every surface uses these words and no others. */

/** State of a region result and of a verdict-minute. `unknown` is only ever our own fault. */
export const PROBE_STATES = ["up", "degraded", "down", "auth_walled", "unknown"] as const;
export type ProbeState = (typeof PROBE_STATES)[number];

/** Committed state of an endpoint, owned by the alert router; degraded, auth-walled and flapping are flags beside it. */
export const COMMITTED_STATES = ["unknown", "up", "down"] as const;
export type CommittedState = (typeof COMMITTED_STATES)[number];

/** What is said in public: JSON, badge, page. */
export const PUBLIC_STATES = ["live", "degraded", "down", "unknown"] as const;
export type PublicState = (typeof PUBLIC_STATES)[number];

export const FAILURE_REASONS = [
  "dns_failure",
  "connection_refused",
  "connection_timeout",
  "tls_expired",
  "tls_untrusted",
  "tls_hostname",
  "tls_error",
  "http_error",
  "rate_limited",
  "redirect_blocked",
  "target_blocked",
  "timeout",
  "not_mcp",
  "protocol_error",
  "unsupported_version",
  "tools_list_failed",
  "tools_list_malformed",
  "response_too_large",
  "auth_required",
  "auth_challenge_malformed",
  "access_blocked",
  "credential_rejected",
  "credential_expiring",
  "health_check_failed",
  "health_check_timeout",
  "health_url_failed",
  "error_rate_elevated",
  "latency",
  "probe_error",
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export const FAILURE_LAYERS = [
  "dns",
  "tcp",
  "tls",
  "http",
  "protocol",
  "tools_list",
  "auth",
  "health",
  "latency",
  "probe",
] as const;
export type FailureLayer = (typeof FAILURE_LAYERS)[number];

/** Transports a user may configure; `auto` tries them in the order the MCP specification gives. */
export const TRANSPORTS = ["auto", "http", "sse"] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Wire eras in the specification's own words: legacy = initialize handshake, modern = 2026-07-28 and later. */
export const ERAS = ["legacy", "modern"] as const;
export type Era = (typeof ERAS)[number];
