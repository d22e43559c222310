/** A credential child fetches the credential of one probe from the api, sealed to the key it made when it started. */
import {
  HANDOVER_PATH,
  HANDOVER_VERSION,
  type HandoverRequest,
  handoverAnswerSchema,
  openedCredentialSchema,
  type SealedCredential,
} from "@alivemcp/core/credential-handover";
import type { ProbeCredential } from "@alivemcp/probe/probe-deps";
import { type BoxKeys, openBox } from "@alivemcp/runtime/sealed-box";
import { HANDOVER_BUDGET_MS, type HandoverOrder } from "./child-protocol.ts";

/** Why no credential came; nothing is known about the endpoint then. */
export type HandoverFault =
  | "credential_api_unreachable"
  /** Somebody is there and takes longer than we wait; an authorization server behind it may be slow. */
  | "credential_api_timeout"
  | "credential_api_failed"
  | "credential_region_refused"
  | "credential_ticket_refused"
  | "credential_gone"
  | "credential_key_refused"
  | "credential_login_unreachable"
  | "credential_unreadable";

export type CredentialOpening =
  | { readonly kind: "opened"; readonly credential: ProbeCredential }
  /** The authorization server refused the grant, in these words. */
  | { readonly kind: "rejected"; readonly detail: string }
  | { readonly kind: "failed"; readonly detail: HandoverFault };

interface OpenOptions {
  readonly isRenewal: boolean;
  /** Where it will be sent, as `URL.origin`. */
  readonly origin: string;
  readonly signal: AbortSignal;
}

const TRIES_MAX = 5;
/** 0.2, 0.4, 0.8, 1.6 s between tries: an api that is being restarted is waited for. */
const PAUSE_MS = 200;

/**
 * Asks until somebody answers, for 5 s at most. Asking again is safe: the same key gets the same answer. Never rejects.
 */
export async function openCredential(
  deps: { readonly internalUrl: string; readonly keys: BoxKeys },
  order: HandoverOrder,
  options: OpenOptions,
): Promise<CredentialOpening> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(HANDOVER_BUDGET_MS)]);
  for (let tried = 1; ; tried += 1) {
    const opening = await askOnce(deps, order, { ...options, signal });
    const isWorthRetry = opening.kind === "failed" && opening.detail === "credential_api_unreachable";
    if (!isWorthRetry || tried === TRIES_MAX || !(await pause(PAUSE_MS * 2 ** (tried - 1), signal))) {
      return opening;
    }
  }
}

async function askOnce(
  { internalUrl, keys }: { readonly internalUrl: string; readonly keys: BoxKeys },
  order: HandoverOrder,
  options: OpenOptions,
): Promise<CredentialOpening> {
  const request: HandoverRequest = {
    v: HANDOVER_VERSION,
    ticket: order.ticket,
    region: order.region,
    jobId: order.jobId,
    origin: options.origin,
    dispatch: order.jobDispatch,
    publicKey: keys.publicKey,
    isRenewal: options.isRenewal,
  };
  try {
    const response = await fetch(new URL(HANDOVER_PATH, internalUrl), {
      method: "POST",
      headers: { authorization: `Bearer ${order.regionToken}`, "content-type": "application/json" },
      body: JSON.stringify(request),
      redirect: "error",
      signal: options.signal,
    });
    const body = await response.text();
    return response.status === 200 ? readAnswer(keys, order, body) : failed(faultOf(response.status));
  } catch {
    // What was thrown may name the request, so it goes nowhere.
    return failed(options.signal.aborted ? "credential_api_timeout" : "credential_api_unreachable");
  }
}

function readAnswer(keys: BoxKeys, order: HandoverOrder, body: string): CredentialOpening {
  const answer = handoverAnswerSchema.safeParse(jsonOf(body));
  if (!answer.success) {
    return failed("credential_api_failed");
  }
  return answer.data.kind === "rejected"
    ? { kind: "rejected", detail: answer.data.detail }
    : unseal(keys, order, answer.data);
}

function unseal(keys: BoxKeys, order: HandoverOrder, box: SealedCredential): CredentialOpening {
  const { region, jobId, jobDispatch, endpointId } = order;
  const plaintext = openBox(keys, box, { region, jobId, dispatch: jobDispatch, endpointId });
  if (plaintext === null) {
    return failed("credential_unreadable");
  }
  const opened = openedCredentialSchema.safeParse(jsonOf(plaintext.toString()));
  plaintext.fill(0);
  if (!opened.success) {
    return failed("credential_unreadable");
  }
  const { headers, expiresAtMs } = opened.data;
  return {
    kind: "opened",
    credential: { headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])), expiresAtMs },
  };
}

/** The refusals of the contract, in words for the owner. */
function faultOf(status: number): HandoverFault {
  switch (status) {
    case 401:
      return "credential_region_refused";
    case 403:
      return "credential_ticket_refused";
    case 404:
      return "credential_gone";
    case 409:
      return "credential_key_refused";
    case 502:
      return "credential_login_unreachable";
    case 503:
      return "credential_api_unreachable";
    default:
      return "credential_api_failed";
  }
}

const failed = (detail: HandoverFault): CredentialOpening => ({ kind: "failed", detail });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** False when the signal ended it. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(false);
      return;
    }
    const end = (isElapsed: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      resolve(isElapsed);
    };
    const onAbort = () => end(false);
    const timer = setTimeout(() => end(true), ms);
    signal.addEventListener("abort", onAbort);
  });
}
