import { createHash, timingSafeEqual } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import { csv } from "@alivemcp/runtime/config";
import { z } from "zod";

/** A bearer token that guards the internal port; long enough that it cannot be guessed. */
export const internalToken = z.string().min(32, "a token has at least 32 characters");

/**
 * `REGION_TOKENS`: `region=token,…`, the token with which the workers of a region ask for credentials. A region may
 * stand twice while its token is being replaced.
 */
export const regionTokens = csv.transform((entries, ctx) => {
  const tokens: { readonly region: string; readonly token: string }[] = [];
  for (const entry of entries) {
    const [region = "", token = ""] = entry.split(/=(.*)/s, 2);
    if (!/^[a-z]{2}-[a-z]+(-\d)?$/.test(region) || !internalToken.safeParse(token).success) {
      ctx.addIssue({
        code: "custom",
        message: "each entry is region=token, the token with at least 32 characters",
      });
      return z.NEVER;
    }
    tokens.push({ region, token });
  }
  return tokens;
});
export type RegionTokens = z.output<typeof regionTokens>;

/** Lets a request pass that carries a token of this region. Throws `unauthenticated`; compares in constant time. */
export function requireRegionToken(
  tokens: RegionTokens,
  region: string,
  authorization: string | undefined,
): void {
  const ofRegion = tokens.filter((entry) => entry.region === region).map(({ token }) => token);
  requireBearer(ofRegion, authorization);
}

/** Lets a request pass that carries one of these bearer tokens. Throws `unauthenticated`; compares in constant time. */
export function requireBearer(tokens: readonly string[], authorization: string | undefined): void {
  const [scheme, given = ""] = (authorization ?? "").split(" ", 2);
  const isKnown = tokens.map((token) => timingSafeEqual(digest(given), digest(token))).includes(true);
  if (scheme?.toLowerCase() !== "bearer" || !isKnown) {
    throw new AppError({
      code: "unauthenticated",
      internal: given === "" ? "no token for the internal port" : "wrong token for the internal port",
      public: "This port is for processes of this installation.",
    });
  }
}

const digest = (text: string) => createHash("sha256").update(text).digest();
