/**
 * Which redirects a probe follows: those an MCP client follows for a POST, that is 307 and 308 inside the origin (and
 * from http to https of the same host on default ports). Each hop is dialled through the guard anew.
 */
import type { ExchangeOutcome } from "@alivemcp/core/probe-outcome";
import { type Exchange, type ExchangeResult, exchange } from "./exchange.ts";
import type { ExchangeScope } from "./exchange-scope.ts";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const REDIRECTS_MAX = 3;

type Hop =
  | { readonly kind: "follow"; readonly url: URL }
  | Extract<ExchangeOutcome, { kind: "redirect-blocked" }>;

/** Performs the exchange, following at most three redirects; `onMoved` learns each new URL. */
export async function followRedirects(
  scope: ExchangeScope,
  request: Exchange,
  onMoved: (url: URL) => void,
): Promise<ExchangeResult> {
  let current = request;
  for (let hops = 0; ; hops += 1) {
    const result = await exchange(scope, current);
    if (result.kind === "failed" || !REDIRECTS.has(result.head.status)) {
      return result;
    }
    const hop = judgeHop(current, result.head.status, result.head.headers.location, hops);
    if (hop.kind === "redirect-blocked") {
      const { head, body, sentMs } = result;
      return { kind: "failed", outcome: hop, head, body, sentMs };
    }
    onMoved(hop.url);
    current = { ...current, url: hop.url };
  }
}

/** Decides on one hop. Downgrades and other origins are refused before the method is looked at: they say more. */
export function judgeHop(
  request: Pick<Exchange, "url" | "method">,
  status: number,
  location: string | string[] | undefined,
  hops: number,
): Hop {
  const text = Array.isArray(location) ? location[0] : location;
  if (text === undefined || !URL.canParse(text, request.url.href)) {
    return blocked("redirect_invalid");
  }
  const from = request.url;
  const url = new URL(text, from);
  if (url.username !== "" || url.password !== "" || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return blocked("redirect_invalid");
  }
  if (from.protocol === "https:" && url.protocol === "http:") {
    return blocked(url.hostname === from.hostname ? "redirect_downgrade" : "redirect_cross_origin");
  }
  if (url.origin !== from.origin && !isUpgrade(from, url)) {
    return blocked("redirect_cross_origin");
  }
  if (request.method !== "GET" && status !== 307 && status !== 308) {
    return blocked("redirect_method");
  }
  if (hops >= REDIRECTS_MAX) {
    return blocked("redirect_loop");
  }
  url.hash = "";
  return { kind: "follow", url };
}

function isUpgrade(from: URL, to: URL): boolean {
  return (
    from.protocol === "http:" &&
    to.protocol === "https:" &&
    from.hostname === to.hostname &&
    from.port === "" &&
    to.port === ""
  );
}

function blocked(detail: Extract<ExchangeOutcome, { kind: "redirect-blocked" }>["detail"]): Hop {
  return { kind: "redirect-blocked", detail };
}
