import { createHash } from "node:crypto";
import { findPublicLogo, type PublicLogo } from "@alivemcp/db/queries/public-status-pages";
import { withDeadline } from "@alivemcp/runtime/with-deadline";
import type { Deps } from "../deps.ts";
import { AWAY_ANSWER, cachedAnswer, respond } from "../http-answer.ts";

const DEADLINE_MS = 2_500;
const NO_LOGO = cachedAnswer("There is no such picture.\n", "text/plain; charset=utf-8", 404);

/** The picture of a page under the type that its own bytes have; 304 to who has it, 503 while Postgres is away. */
export async function logoAnswer(
  deps: Pick<Deps, "pool" | "log">,
  slug: string,
  ifNoneMatch: string | undefined,
): Promise<Response> {
  let logo: PublicLogo | null;
  try {
    logo = await withDeadline(findPublicLogo(deps.pool, slug), DEADLINE_MS);
  } catch (err) {
    deps.log.warn({ err }, "the picture of a page could not be read");
    return respond(AWAY_ANSWER, undefined);
  }
  if (logo === null) {
    return respond(NO_LOGO, undefined);
  }
  const headers = {
    "content-type": logo.contentType,
    etag: `"${createHash("sha256").update(logo.bytes).digest("base64url").slice(0, 27)}"`,
    "cache-control": "public, max-age=300",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  };
  return ifNoneMatch === headers.etag
    ? new Response(null, { status: 304, headers })
    : new Response(new Uint8Array(logo.bytes), { status: 200, headers });
}
