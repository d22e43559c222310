import { exchange } from "@alivemcp/probe/exchange";
import { closeScope, openScope } from "@alivemcp/probe/exchange-scope";
import type { ProbeDeps } from "@alivemcp/probe/probe-deps";

const REPLY_WITHIN_MS = 3_000;
const BODY_BYTES_MAX = 65_536;

/**
 * Says whether any of a region's canary URLs answers below 500, dialled as endpoints are. One answer is enough: a canary
 * may have its own bad day. Never rejects.
 */
export async function reachCanaries(
  deps: Omit<ProbeDeps, "onStep" | "signal">,
  urls: readonly string[],
): Promise<boolean> {
  const reached = await Promise.all(urls.map((url) => reaches(deps, new URL(url))));
  return reached.includes(true);
}

async function reaches(deps: Omit<ProbeDeps, "onStep" | "signal">, url: URL): Promise<boolean> {
  const scope = openScope(deps, { addressOffset: 0, isHttpsDemanded: false, onDialled: null, onHead: null });
  const result = await exchange(scope, {
    url,
    method: "GET",
    headers: ["user-agent", deps.userAgent],
    body: null,
    timeoutMs: REPLY_WITHIN_MS,
    bodyBytesMax: BODY_BYTES_MAX,
    lane: "canary",
    readBody: null,
  });
  closeScope(scope);
  return result.kind === "replied" && result.head.status < 500;
}
