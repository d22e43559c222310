/**
 * Words as the small numbers of the probe tables. Numbers are data: never renumber, only append. The tests hold that
 * every word of core has one.
 */
import type { RetentionClass } from "@alivemcp/core/plans";
import type { FailureReason, ProbeState } from "@alivemcp/core/states";

export const STATE_CODES: Readonly<Record<ProbeState, number>> = {
  up: 0,
  degraded: 1,
  down: 2,
  auth_walled: 3,
  unknown: 4,
};

export const REASON_CODES: Readonly<Record<FailureReason, number>> = {
  dns_failure: 0,
  connection_refused: 1,
  connection_timeout: 2,
  tls_expired: 3,
  tls_untrusted: 4,
  tls_hostname: 5,
  tls_error: 6,
  http_error: 7,
  rate_limited: 8,
  redirect_blocked: 9,
  target_blocked: 10,
  timeout: 11,
  not_mcp: 12,
  protocol_error: 13,
  unsupported_version: 14,
  tools_list_failed: 15,
  tools_list_malformed: 16,
  response_too_large: 17,
  auth_required: 18,
  auth_challenge_malformed: 19,
  access_blocked: 20,
  credential_rejected: 21,
  credential_expiring: 22,
  health_check_failed: 23,
  health_check_timeout: 24,
  health_url_failed: 25,
  error_rate_elevated: 26,
  latency: 27,
  probe_error: 28,
};

/** Also the list partition a row lies in. */
export const RETENTION_CLASS_CODES: Readonly<Record<RetentionClass, number>> = {
  public: 0,
  author: 1,
  team: 2,
  enterprise: 3,
};

/** The word of a code; throws on a number this version does not know (a newer writer). */
export const stateOfCode = wordOf(STATE_CODES);
export const reasonOfCode = wordOf(REASON_CODES);

function wordOf<Word extends string>(codes: Readonly<Record<Word, number>>): (code: number) => Word {
  const words = new Map(Object.entries(codes).map(([word, code]) => [code, word as Word]));
  return (code) => {
    const word = words.get(code);
    if (word === undefined) {
      throw new Error(`no word has the code ${code}`);
    }
    return word;
  };
}
