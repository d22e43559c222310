/**
 * One HTTP request of ours to a URL that a stranger named, outside of any probe: guarded like a probe's, https except
 * where the operator opened a range, bounded in bytes and time. Redirects are never followed: what is sent here may be
 * secret.
 */
import { invariant } from "@alivemcp/core/invariant";
import { type Exchange, exchange } from "./exchange.ts";
import { closeScope, openScope } from "./exchange-scope.ts";
import type { DialDeps } from "./guarded-dial.ts";
import { readRetryAfter } from "./retry-after.ts";

export interface GuardedRequest {
  readonly url: URL;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Name, value, name, value, … */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  /** For everything, connecting included. */
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
  /**
   * The head alone says what came of it: a body that is too long, too slow or broken off is answered as far as it came,
   * not failed. Reading ends at the bound.
   */
  readonly isBodyCut?: boolean;
  /** Otherwise plain http is for opened ranges only. An endpoint's own URL may be http, as its probes are. */
  readonly isPlainAllowed?: boolean;
}

export type GuardedReply =
  | {
      readonly kind: "replied";
      readonly status: number;
      /** Names lower-case; a repeated header is an array. */
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly body: Buffer;
      readonly retryAfterMs: number | null;
    }
  | {
      readonly kind: "failed";
      readonly detail: string;
      /** The request was on its way: it may have been acted upon. */
      readonly isSent: boolean;
      /** The address is none that we may ask. */
      readonly isForbidden: boolean;
    };

/** Never rejects. */
export async function guardedFetch(deps: DialDeps, request: GuardedRequest): Promise<GuardedReply> {
  const scope = openScope(deps, {
    addressOffset: 0,
    isHttpsDemanded: request.isPlainAllowed !== true,
    onDialled: null,
    onHead: null,
  });
  let isSent = false;
  const timer = setTimeout(() => closeScope(scope), request.timeoutMs);
  try {
    const { url, method, headers, body, timeoutMs, bodyBytesMax } = request;
    const made: Exchange = {
      url,
      method,
      headers,
      body,
      timeoutMs,
      bodyBytesMax,
      lane: "main",
      readBody: null,
      onSent: () => {
        isSent = true;
      },
    };
    const result = await exchange(scope, made);
    const head = result.kind === "replied" || request.isBodyCut === true ? result.head : null;
    if (result.kind === "failed" && head === null) {
      const { kind, detail } = result.outcome;
      return { kind: "failed", detail, isSent, isForbidden: kind === "target-forbidden" };
    }
    invariant(head !== null, "an exchange that replied has a head");
    const { status, headers: replied } = head;
    const retryAfterMs = readRetryAfter(replied["retry-after"], deps.clock.nowMs());
    return { kind: "replied", status, headers: replied, body: result.body, retryAfterMs };
  } finally {
    clearTimeout(timer);
    closeScope(scope);
  }
}
