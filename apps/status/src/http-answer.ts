/** Answers that strangers' pages and caches hold: strong validators, 304, and CORS open. */
import { createHash } from "node:crypto";

export interface CachedAnswer {
  readonly body: string;
  /** Strong: the hash of the body's bytes. */
  readonly etag: string;
  readonly contentType: string;
  readonly status: 200 | 301 | 404 | 503;
  /** Of a 301: where the reader finds it now. */
  readonly location?: string;
}

/** What every badge and every embed answer may be cached for, by readers and by shared caches. */
const EMBED_CACHE_CONTROL = "public, max-age=60, stale-while-revalidate=300";

export function cachedAnswer(body: string, contentType: string, status: 200 | 404 = 200): CachedAnswer {
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  return { body, etag, contentType, status };
}

/** An answer under an old slug: it stands at the endpoint's slug of today. Held shortly, as a slug may come back. */
export function movedAnswer(location: string): CachedAnswer {
  return { ...cachedAnswer("", "text/plain; charset=utf-8"), status: 301, location };
}

/** While what it is made of cannot be read; a reader keeps what it has and comes back. */
export const AWAY_ANSWER: CachedAnswer = {
  ...cachedAnswer("Not at hand at the moment; please try again in a minute.\n", "text/plain; charset=utf-8"),
  status: 503,
};

/** The response to one request for it; 304 without a body when the reader has it already (RFC 9110, section 13.1.2). */
export function respond(answer: CachedAnswer, ifNoneMatch: string | undefined): Response {
  const headers = {
    "cache-control":
      answer.status === 200 ? EMBED_CACHE_CONTROL : answer.status === 503 ? "no-store" : "public, max-age=30",
    ...(answer.status === 503 ? { "retry-after": "60" } : {}),
    ...(answer.location === undefined ? {} : { location: answer.location }),
    "content-type": answer.contentType,
    etag: answer.etag,
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
    // A badge opened as a document runs nothing; its own style element is all it needs.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  };
  if (answer.status === 200 && hasMatch(ifNoneMatch, answer.etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(answer.body, { status: answer.status, headers });
}

function hasMatch(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) {
    return false;
  }
  return ifNoneMatch
    .split(",")
    .map((candidate) => candidate.trim().replace(/^W\//, ""))
    .some((candidate) => candidate === "*" || candidate === etag);
}
