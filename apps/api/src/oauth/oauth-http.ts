/**
 * How authorization servers are asked: guarded, bounded, retried, each server under a policy of its own. Made for
 * oauth4webapi, which knows the messages and calls back here for every request.
 */
import { AppError } from "@alivemcp/core/app-error";
import type { DialDeps } from "@alivemcp/probe/guarded-dial";
import { guardedFetch } from "@alivemcp/probe/guarded-fetch";
import { type CallOutcome, type CallPolicy, createCallPolicy } from "@alivemcp/runtime/call-policy";

interface OauthRequest {
  readonly url: URL;
  readonly method: "GET" | "POST";
  /** Name, value, name, value, … */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  /** Asking twice does no harm. A refresh token or a code that is sent twice may be taken for stolen: those go once. */
  readonly isRepeatable: boolean;
  /** `performance.now()` until which tries may go on. */
  readonly deadlineMs: number;
  /** An endpoint's own URL may be plain http. */
  readonly isPlainAllowed?: boolean;
}

export interface OauthHttp {
  readonly userAgent: string;
  /** The reply, whatever its status below 500 but 429. Throws `upstream` when there was none. */
  send(request: OauthRequest): Promise<Response>;
}

const TRY_TIMEOUT_MS = 5_000;
const BODY_BYTES_MAX = 65_536;
/** What may pass by itself. */
const REPEATED_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Policies of this many servers are remembered; a forgotten one starts with a clean slate. */
const SERVERS_MAX = 500;
const POLICY = { concurrencyMax: 4, queueMax: 100, failuresMax: 10, restMs: 10_000 };

export function createOauthHttp(deps: DialDeps & { readonly userAgent: string }): OauthHttp {
  const policies = new Map<string, CallPolicy>();
  const policyOf = (origin: string): CallPolicy => {
    const policy = policies.get(origin) ?? createCallPolicy(POLICY);
    policies.delete(origin);
    policies.set(origin, policy);
    const [oldest] = policies.keys();
    if (policies.size > SERVERS_MAX && oldest !== undefined) {
      policies.delete(oldest);
    }
    return policy;
  };
  return {
    userAgent: deps.userAgent,
    async send(request) {
      const outcome = await policyOf(request.url.origin).run({
        deadlineMs: request.deadlineMs,
        call: () => sendOnce(deps, request),
      });
      if (outcome.kind === "done") {
        return outcome.value;
      }
      throw new AppError({
        code: "upstream",
        internal: `authorization server: ${outcome.detail}`,
        public: "The authorization server of this endpoint could not be asked. Try again in a minute.",
      });
    },
  };
}

async function sendOnce(
  deps: DialDeps & { readonly userAgent: string },
  request: OauthRequest,
): Promise<CallOutcome<Response>> {
  const reply = await guardedFetch(deps, {
    url: request.url,
    method: request.method,
    headers: ["user-agent", deps.userAgent, ...request.headers],
    body: request.body,
    timeoutMs: Math.max(1, Math.min(TRY_TIMEOUT_MS, request.deadlineMs - performance.now())),
    bodyBytesMax: BODY_BYTES_MAX,
    ...(request.isPlainAllowed === true && { isPlainAllowed: true }),
  });
  if (reply.kind === "failed") {
    const isRepeatable = !reply.isForbidden && (request.isRepeatable || !reply.isSent);
    return { kind: "failed", detail: reply.detail, isRepeatable, retryAfterMs: null };
  }
  const { status, headers, body, retryAfterMs } = reply;
  if (status >= 500 || status === 429) {
    // Who is over a limit was not served: nothing was used up.
    const isRepeatable = REPEATED_STATUSES.has(status) && (request.isRepeatable || status === 429);
    return { kind: "failed", detail: `http_${status}`, isRepeatable, retryAfterMs };
  }
  const content = NO_BODY.has(status) ? null : new Uint8Array(body);
  return { kind: "done", value: new Response(content, { status, headers: entriesOf(headers) }) };
}

/** Statuses that a `Response` has no body for. */
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

function entriesOf(headers: Readonly<Record<string, string | string[] | undefined>>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? ""]).map((one): [string, string] => [name, one]),
  );
}
