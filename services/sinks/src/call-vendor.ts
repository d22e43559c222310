/** One request of a sink, and the part of its answer that means the same with every vendor. */
import { REPLY_BYTES_MAX, readAnswer, SEND_TIMEOUT_MS } from "./judge-reply.ts";
import type { SendOutcome, SinkAnswer, SinkDeps } from "./sink-client.ts";

export interface VendorCall {
  readonly url: URL;
  readonly method: "GET" | "POST" | "PATCH";
  /** Beside the content type. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes as it is; anything else as JSON. Null: no body. */
  readonly body: unknown;
  readonly contentType?: string;
  /** Blanked in what is shown of the answer. */
  readonly secrets: readonly string[];
  /** The owner named the host: an address that may not be dialled is then the sink's fault. */
  readonly isHostEntered?: boolean;
  readonly timeoutMs?: number;
}

export type VendorReply =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly text: string;
      /** Undefined when it is none. */
      readonly json: unknown;
      readonly answer: SinkAnswer;
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: "unanswered"; readonly outcome: SendOutcome };

export type VendorAnswer = Extract<VendorReply, { kind: "answered" }>;

/** For kinds that may have to ask twice: both fit into one send. */
export const HALF_TIMEOUT_MS = Math.floor(SEND_TIMEOUT_MS / 2);
const JSON_TYPE = "application/json; charset=utf-8";

/** Never rejects. */
export async function callVendor(deps: Pick<SinkDeps, "fetch">, call: VendorCall): Promise<VendorReply> {
  const { body } = call;
  const headers = { accept: "application/json", ...call.headers };
  const bytes =
    body === null ? null : Buffer.from(typeof body === "string" ? body : JSON.stringify(body), "utf8");
  const typed = bytes === null ? headers : { ...headers, "content-type": call.contentType ?? JSON_TYPE };
  const reply = await deps.fetch({
    url: call.url,
    method: call.method,
    headers: Object.entries(typed).flat(),
    body: bytes,
    timeoutMs: call.timeoutMs ?? SEND_TIMEOUT_MS,
    bodyBytesMax: REPLY_BYTES_MAX,
    isBodyCut: true,
  });
  if (reply.kind === "failed") {
    return { kind: "unanswered", outcome: judgeSilence(reply, call.isHostEntered === true) };
  }
  const text = reply.body.toString("utf8");
  return {
    kind: "answered",
    status: reply.status,
    headers: reply.headers,
    text,
    json: parsed(text),
    answer: readAnswer(reply, call.secrets),
    retryAfterMs: reply.retryAfterMs,
  };
}

/**
 * What a status means where a vendor's own words say no more. Redirects are never followed: what is sent may be secret.
 * Reasons are shown to the owner.
 */
export function judgeStatus({ status, answer, retryAfterMs }: VendorAnswer): SendOutcome {
  if (status >= 200 && status < 300) {
    return { kind: "sent", answer, ref: null };
  }
  if (status === 429) {
    return { kind: "retryable", answer, reason: "rate_limited", retryAfterMs };
  }
  if (status >= 500 || status === 408 || status === 425) {
    return { kind: "retryable", answer, reason: "server_error", retryAfterMs };
  }
  if (status === 401 || status === 403) {
    return { kind: "permanent", answer, reason: "unauthorized", isSinkDead: true };
  }
  if (status === 404 || status === 410) {
    return { kind: "permanent", answer, reason: "gone", isSinkDead: true };
  }
  const reason = status === 413 ? "too_large" : status < 400 ? "redirected" : "invalid_payload";
  return { kind: "permanent", answer, reason, isSinkDead: false };
}

function judgeSilence(
  failure: { readonly detail: string; readonly isForbidden: boolean },
  isHostEntered: boolean,
): SendOutcome {
  const answer: SinkAnswer = { status: null, text: null };
  if (failure.isForbidden && isHostEntered) {
    return { kind: "permanent", answer, reason: "target_forbidden", isSinkDead: true };
  }
  return { kind: "retryable", answer, reason: silenceReason(failure.detail), retryAfterMs: null };
}

function silenceReason(detail: string): string {
  if (/timeout|budget_spent|probe_aborted/.test(detail)) {
    return "timeout";
  }
  if (detail.startsWith("dns_")) {
    return "dns";
  }
  if (detail.startsWith("tls_")) {
    return "tls";
  }
  if (detail === "target_forbidden") {
    return "target_forbidden";
  }
  return /too_large|truncated|encoding|malformed/.test(detail) ? "bad_answer" : "unreachable";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
