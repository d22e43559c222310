/** One JSON document from a URL that a stranger named: guarded, at most 64 KiB and 3 s, no credential, no cookie. */
import { isJsonObject, type JsonObject } from "@alivemcp/core/json-schema-keywords";
import type { ExchangeScope } from "./exchange-scope.ts";
import { parseJson } from "./json-rpc.ts";
import { followRedirects } from "./redirects.ts";

export type Document =
  | { readonly kind: "object"; readonly object: JsonObject }
  /** Something answered, but not with such a document. */
  | { readonly kind: "absent" }
  | { readonly kind: "unreachable" };

const DOCUMENT_BYTES_MAX = 65_536;
const DOCUMENT_TIMEOUT_MS = 3_000;

/** Never rejects. Whether plain http is allowed is the scope's rule. */
export async function fetchDocument(scope: ExchangeScope, url: URL, userAgent: string): Promise<Document> {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return { kind: "unreachable" };
  }
  url.username = "";
  url.password = "";
  const result = await withDeadline(
    followRedirects(
      scope,
      {
        url,
        method: "GET",
        headers: ["user-agent", userAgent, "accept", "application/json"],
        body: null,
        timeoutMs: DOCUMENT_TIMEOUT_MS,
        bodyBytesMax: DOCUMENT_BYTES_MAX,
        lane: "document",
        readBody: null,
      },
      () => {},
    ),
  );
  if (result === null || result.kind === "failed") {
    return { kind: "unreachable" };
  }
  if (result.head.status !== 200) {
    return { kind: result.head.status >= 500 ? "unreachable" : "absent" };
  }
  const parsed = parseJson(result.body.toString());
  return parsed.kind === "value" && isJsonObject(parsed.value)
    ? { kind: "object", object: parsed.value }
    : { kind: "absent" };
}

/** Connecting included: the exchange's own deadline begins with the request. */
function withDeadline<T>(work: Promise<T>): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), DOCUMENT_TIMEOUT_MS);
    void work.then((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}
