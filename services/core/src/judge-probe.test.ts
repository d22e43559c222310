import { describe, expect, test } from "vitest";
import { judgeProbe, type ProbeContext } from "./judge-probe.ts";
import {
  describeOutcome,
  isEndpointReached,
  isWorthSecondAttempt,
  type ProbeOutcome,
} from "./probe-outcome.ts";
import { FAILURE_REASONS, type FailureReason } from "./states.ts";

const handshake: ProbeContext = { phase: "handshake", isJsonRpcSeen: false, isInitializedRejected: false };
const spoken: ProbeContext = { ...handshake, isJsonRpcSeen: true };
const listing: ProbeContext = { ...spoken, phase: "tools_list" };
const health: ProbeContext = { ...spoken, phase: "health" };

type Row = readonly [name: string, outcome: ProbeOutcome, context: ProbeContext, judged: string];

/** state / reason / layer / detail */
const ROWS: readonly Row[] = [
  ["all layers answered", { kind: "healthy", detail: null }, listing, "up/null/null/null"],
  [
    "an endpoint without tools",
    { kind: "healthy", detail: "tools_not_offered" },
    spoken,
    "up/null/null/tools_not_offered",
  ],
  [
    "a slow handshake",
    { kind: "slow-handshake", detail: "slow_handshake" },
    listing,
    "degraded/latency/latency/slow_handshake",
  ],
  [
    "a private address",
    { kind: "target-forbidden", detail: "target_forbidden" },
    handshake,
    "down/target_blocked/dns/target_forbidden",
  ],
  [
    "an unknown name",
    { kind: "dns-failed", detail: "dns_nxdomain" },
    handshake,
    "down/dns_failure/dns/dns_nxdomain",
  ],
  [
    "a closed port",
    { kind: "connect-refused", detail: "tcp_refused" },
    handshake,
    "down/connection_refused/tcp/tcp_refused",
  ],
  [
    "a silent port",
    { kind: "connect-timed-out", detail: "tcp_timeout" },
    handshake,
    "down/connection_timeout/tcp/tcp_timeout",
  ],
  [
    "an expired certificate",
    { kind: "tls-failed", failure: "expired", detail: "tls_cert_has_expired" },
    handshake,
    "down/tls_expired/tls/tls_cert_has_expired",
  ],
  [
    "an unknown issuer",
    { kind: "tls-failed", failure: "untrusted", detail: "tls_self_signed" },
    handshake,
    "down/tls_untrusted/tls/tls_self_signed",
  ],
  [
    "another host's certificate",
    { kind: "tls-failed", failure: "hostname", detail: "tls_cert_altname_invalid" },
    handshake,
    "down/tls_hostname/tls/tls_cert_altname_invalid",
  ],
  [
    "a broken TLS handshake",
    { kind: "tls-failed", failure: "error", detail: "tls_econnreset" },
    handshake,
    "down/tls_error/tls/tls_econnreset",
  ],
  [
    "a downgrade",
    { kind: "redirect-blocked", detail: "redirect_downgrade" },
    handshake,
    "down/redirect_blocked/http/redirect_downgrade",
  ],
  ["a failing server", { kind: "http-failed", status: 503 }, handshake, "down/http_error/http/http_503"],
  [
    "a failing list",
    { kind: "http-failed", status: 500 },
    listing,
    "down/tools_list_failed/tools_list/http_500",
  ],
  [
    "a dropped connection",
    { kind: "connection-lost", detail: "connection_reset" },
    handshake,
    "down/http_error/http/connection_reset",
  ],
  [
    "a dropped list",
    { kind: "connection-lost", detail: "connection_reset" },
    listing,
    "down/tools_list_failed/tools_list/connection_reset",
  ],
  [
    "too many requests",
    { kind: "rate-limited", detail: "http_429" },
    handshake,
    "degraded/rate_limited/http/http_429",
  ],
  [
    "a bot wall",
    { kind: "access-blocked", detail: "http_403" },
    handshake,
    "degraded/access_blocked/http/http_403",
  ],
  [
    "silence after the request",
    { kind: "timed-out", detail: "first_byte_timeout" },
    handshake,
    "down/timeout/http/first_byte_timeout",
  ],
  [
    "a list that never comes",
    { kind: "timed-out", detail: "body_timeout" },
    listing,
    "down/timeout/tools_list/body_timeout",
  ],
  ["a web page", { kind: "not-json-rpc", detail: "not_mcp" }, handshake, "down/not_mcp/protocol/not_mcp"],
  [
    "a web page after JSON-RPC",
    { kind: "not-json-rpc", detail: "not_mcp" },
    spoken,
    "down/protocol_error/protocol/not_mcp",
  ],
  [
    "half a list",
    { kind: "truncated", detail: "truncated" },
    listing,
    "down/protocol_error/tools_list/truncated",
  ],
  [
    "half a first reply",
    { kind: "truncated", detail: "truncated" },
    handshake,
    "down/not_mcp/protocol/truncated",
  ],
  [
    "a huge reply",
    { kind: "too-large", detail: "response_too_large" },
    handshake,
    "down/response_too_large/http/response_too_large",
  ],
  [
    "a huge list",
    { kind: "too-large", detail: "response_too_deep" },
    listing,
    "down/response_too_large/tools_list/response_too_deep",
  ],
  [
    "an error for initialize",
    { kind: "handshake-refused", code: -32603 },
    spoken,
    "down/protocol_error/protocol/initialize_error -32603",
  ],
  [
    "another id",
    { kind: "handshake-invalid", detail: "id_mismatch" },
    spoken,
    "down/protocol_error/protocol/id_mismatch",
  ],
  [
    "only newer versions",
    { kind: "version-unsupported", detail: "unsupported_by_prober" },
    spoken,
    "degraded/unsupported_version/protocol/unsupported_by_prober",
  ],
  [
    "our request rejected",
    { kind: "request-rejected", code: -32020 },
    spoken,
    "unknown/probe_error/probe/probe_rejected -32020",
  ],
  [
    "an error for tools/list",
    { kind: "list-failed", detail: "tools_list_error", code: -32601 },
    listing,
    "down/tools_list_failed/tools_list/tools_list_error -32601",
  ],
  [
    "no list in the list",
    { kind: "list-malformed", detail: "tools_list_invalid" },
    listing,
    "down/tools_list_malformed/tools_list/tools_list_invalid",
  ],
  [
    "an empty list",
    { kind: "list-empty", detail: "tools_empty" },
    listing,
    "degraded/tools_list_malformed/tools_list/tools_empty",
  ],
  [
    "a tool clients refuse",
    { kind: "tools-invalid", names: ["a"] },
    listing,
    "degraded/tools_list_malformed/tools_list/tool_invalid: a",
  ],
  [
    "a sick application",
    { kind: "health-failed", detail: "tool_error" },
    health,
    "degraded/health_check_failed/health/tool_error",
  ],
  [
    "a slow application",
    { kind: "health-timed-out", detail: "slow_tool" },
    health,
    "degraded/health_check_timeout/health/slow_tool",
  ],
  [
    "a health call that hangs",
    { kind: "timed-out", detail: "first_byte_timeout" },
    health,
    "degraded/health_check_timeout/health/first_byte_timeout",
  ],
  [
    "a health call that fails",
    { kind: "http-failed", status: 500 },
    health,
    "degraded/health_check_failed/health/http_500",
  ],
  [
    "a log-in wall",
    { kind: "walled", detail: "auth_discoverable" },
    handshake,
    "auth_walled/auth_required/auth/auth_discoverable",
  ],
  [
    "a broken challenge",
    { kind: "wall-malformed", detail: "challenge_unparseable" },
    handshake,
    "auth_walled/auth_challenge_malformed/auth/challenge_unparseable",
  ],
  [
    "our credential refused",
    { kind: "credential-rejected", detail: "credential_rejected" },
    handshake,
    "auth_walled/credential_rejected/auth/credential_rejected",
  ],
  [
    "a bug of ours",
    { kind: "probe-broke", detail: "probe_bug" },
    handshake,
    "unknown/probe_error/probe/probe_bug",
  ],
  [
    "a list that fails after initialized was refused",
    { kind: "http-failed", status: 500 },
    { ...listing, isInitializedRejected: true },
    "degraded/tools_list_failed/tools_list/initialized_rejected",
  ],
];

describe("what a probe found is judged by one table", () => {
  test.each(ROWS)("%s", (_name, outcome, context, expected) => {
    const { state, reason, layer, detail } = judgeProbe(outcome, context);
    expect(`${state}/${reason}/${layer}/${detail}`).toBe(expected);
  });

  test("login is said to be needed for walls and nothing else", () => {
    for (const [, outcome, context] of ROWS) {
      const { state, isAuthRequired } = judgeProbe(outcome, context);
      expect(isAuthRequired).toBe(state === "auth_walled");
    }
  });

  test("every reason that a probe itself can give is in the table", () => {
    const judgedElsewhere: readonly FailureReason[] = [
      "credential_expiring",
      "health_url_failed",
      "error_rate_elevated",
    ];
    const given = new Set(ROWS.map(([, outcome, context]) => judgeProbe(outcome, context).reason));
    expect(FAILURE_REASONS.filter((reason) => !given.has(reason))).toEqual(judgedElsewhere);
  });
});

describe("a second attempt is worth it", () => {
  const WORTH: readonly Row[0][] = [
    "a closed port",
    "a silent port",
    "a broken TLS handshake",
    "a failing server",
    "a failing list",
    "a dropped connection",
    "a dropped list",
    "silence after the request",
    "a health call that hangs",
    "a health call that fails",
    "a list that fails after initialized was refused",
  ];

  test.each(ROWS)("%s: only where it may be a passing cloud", (name, outcome) => {
    expect(isWorthSecondAttempt(outcome)).toBe(WORTH.includes(name));
  });

  test("for a name server that stumbled, not for a name that does not exist", () => {
    expect(isWorthSecondAttempt({ kind: "dns-failed", detail: "dns_timeout" })).toBe(true);
    expect(isWorthSecondAttempt({ kind: "dns-failed", detail: "dns_nxdomain" })).toBe(false);
  });

  test("a 4xx says the same a second later", () => {
    expect(isWorthSecondAttempt({ kind: "http-failed", status: 404 })).toBe(false);
  });
});

describe("outcomes in words", () => {
  test("a list of refused tools is cut after five names", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    expect(describeOutcome({ kind: "tools-invalid", names })).toBe("tool_invalid: a, b, c, d, e and 2 more");
  });

  test("an outcome without a detail is called by its kind", () => {
    expect(describeOutcome({ kind: "healthy", detail: null })).toBe("healthy");
  });

  test("whoever was not reached cannot have answered", () => {
    expect(isEndpointReached({ kind: "connect-refused", detail: "tcp_refused" })).toBe(false);
    expect(isEndpointReached({ kind: "http-failed", status: 500 })).toBe(true);
  });
});
