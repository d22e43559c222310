/** A small text file of a stranger's origin: guarded, without credential, redirects inside the origin only. */
import { describeOutcome } from "@alivemcp/core/probe-outcome";
import { cancelScope, closeScope, openScope } from "./exchange-scope.ts";
import type { SharedProbeDeps } from "./probe-deps.ts";
import { followRedirects } from "./redirects.ts";

export type TextFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "status"; readonly status: number }
  /** `detail` is a word of our own list. */
  | { readonly kind: "unreachable"; readonly detail: string };

const FILE_BYTES_MAX = 65_536;
const FILE_TIMEOUT_MS = 8_000;

/** Never rejects; ends within eight seconds, connecting included. */
export async function fetchTextFile(deps: SharedProbeDeps, url: URL): Promise<TextFile> {
  const scope = openScope(deps, {
    addressOffset: 0,
    isHttpsDemanded: false,
    onDialled: null,
    onHead: null,
  });
  const timer = setTimeout(cancelScope, FILE_TIMEOUT_MS, scope, "budget_spent");
  try {
    const result = await followRedirects(
      scope,
      {
        url,
        method: "GET",
        headers: ["user-agent", deps.userAgent, "accept", "text/plain, */*"],
        body: null,
        timeoutMs: FILE_TIMEOUT_MS,
        bodyBytesMax: FILE_BYTES_MAX,
        lane: "file",
        readBody: null,
      },
      () => {},
    );
    if (result.kind === "failed") {
      return { kind: "unreachable", detail: describeOutcome(result.outcome) };
    }
    return result.head.status === 200
      ? { kind: "text", text: result.body.toString() }
      : { kind: "status", status: result.head.status };
  } finally {
    clearTimeout(timer);
    closeScope(scope);
  }
}
