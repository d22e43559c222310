/** What Slack's own words mean: plain text of webhooks, `{ ok: false, error }` with status 200 of the Web API. */
import { z } from "zod";
import { judgeStatus, type VendorAnswer } from "../call-vendor.ts";
import type { SendOutcome } from "../sink-client.ts";

/** docs.slack.dev, "Sending messages using incoming webhooks": error types. */
const WEBHOOK_ERRORS: Readonly<Record<string, Verdict>> = {
  invalid_payload: "message",
  invalid_blocks: "message",
  invalid_blocks_format: "message",
  invalid_attachments: "message",
  too_many_attachments: "message",
  no_text: "message",
  missing_text_or_fallback_or_attachments: "message",
  user_not_found: "dead",
  action_prohibited: "dead",
  posting_to_general_channel_denied: "dead",
  invalid_token: "dead",
  no_active_hooks: "dead",
  no_service: "dead",
  no_service_id: "dead",
  no_team: "dead",
  team_disabled: "dead",
  channel_not_found: "dead",
  channel_is_archived: "dead",
  rollup_error: "later",
};

/** docs.slack.dev, `chat.postMessage`, `chat.update` and `auth.test`: errors. */
const API_ERRORS: Readonly<Record<string, Verdict>> = {
  ratelimited: "later",
  rate_limited: "later",
  internal_error: "later",
  fatal_error: "later",
  service_unavailable: "later",
  request_timeout: "later",
  team_added_to_org: "later",
  invalid_auth: "dead",
  not_authed: "dead",
  account_inactive: "dead",
  token_revoked: "dead",
  token_expired: "dead",
  no_permission: "dead",
  missing_scope: "dead",
  not_allowed_token_type: "dead",
  org_login_required: "dead",
  ekm_access_denied: "dead",
  team_access_not_granted: "dead",
  access_denied: "dead",
  enterprise_is_restricted: "dead",
  channel_not_found: "dead",
  not_in_channel: "dead",
  is_archived: "dead",
  restricted_action: "dead",
  restricted_action_read_only_channel: "dead",
};

/** `message`: only this one; `later`: asking again can help. */
type Verdict = "message" | "dead" | "later";

const apiAnswer = z.object({
  ok: z.boolean(),
  error: z.string().max(100).optional(),
  ts: z.string().max(40).optional(),
  channel: z.string().max(40).optional(),
});

export function judgeWebhook(reply: VendorAnswer): SendOutcome {
  const known = WEBHOOK_ERRORS[reply.text.trim()];
  if (reply.status === 200 || known === undefined) {
    return judgeStatus(reply);
  }
  return outcomeOf(reply, reply.text.trim(), known);
}

export interface ApiVerdict {
  readonly outcome: SendOutcome;
  /** Slack's word; null when it is none of its API's answers, or a success. */
  readonly error: string | null;
}

/** `ref` of a sent message names it for `chat.update`. */
export function judgeApi(reply: VendorAnswer): ApiVerdict {
  const parsed = apiAnswer.safeParse(reply.json);
  if (reply.status !== 200) {
    return { outcome: judgeStatus(reply), error: null };
  }
  if (!parsed.success) {
    const outcome: SendOutcome = {
      kind: "retryable",
      answer: reply.answer,
      reason: "bad_answer",
      retryAfterMs: null,
    };
    return { outcome, error: null };
  }
  const { ok, error = "unknown_error", ts, channel } = parsed.data;
  if (ok) {
    const ref = ts === undefined || channel === undefined ? null : { channel, ts };
    return { outcome: { kind: "sent", answer: { status: 200, text: "ok" }, ref }, error: null };
  }
  return { outcome: outcomeOf(reply, error, API_ERRORS[error] ?? "message"), error };
}

function outcomeOf(
  { answer, retryAfterMs, status }: VendorAnswer,
  word: string,
  verdict: Verdict,
): SendOutcome {
  const said = { status, text: answer.text };
  if (verdict === "later") {
    const reason = word.includes("rate") ? "rate_limited" : "server_error";
    return { kind: "retryable", answer: said, reason, retryAfterMs };
  }
  const isSinkDead = verdict === "dead";
  return {
    kind: "permanent",
    answer: said,
    reason: isSinkDead ? deathOf(word) : "invalid_payload",
    isSinkDead,
  };
}

function deathOf(word: string): string {
  return /channel|service|team|hooks|user|archived/.test(word) ? "gone" : "unauthorized";
}
