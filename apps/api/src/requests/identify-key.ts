import { createHash, timingSafeEqual } from "node:crypto";
import { parseApiKey } from "@alivemcp/core/api-key";
import { findApiKeyByPrefix, type PresentedApiKey } from "@alivemcp/db/queries/api-keys-identity";
import type { Deps } from "../deps.ts";

export type KeyIdentity =
  | { readonly kind: "api-key"; readonly token: string; readonly key: PresentedApiKey }
  /** The bootstrap key of whoever runs this installation. */
  | { readonly kind: "operator"; readonly token: string }
  /** The reason is logged. The caller is told the same in every case. */
  | {
      readonly kind: "refused";
      readonly reason: "missing" | "malformed" | "unknown" | "wrong-secret" | "expired" | "revoked";
    };

/**
 * Says whose key an `Authorization` header carries. A typo is noticed by the key's checksum, before Postgres is asked;
 * secrets are compared in constant time. Nothing is remembered between requests, so a key ends when it is revoked.
 */
export async function identifyKey(
  deps: Pick<Deps, "identityPool" | "clock" | "config">,
  authorization: string | undefined,
): Promise<KeyIdentity> {
  const token = bearerToken(authorization);
  if (token === null) {
    return { kind: "refused", reason: "missing" };
  }
  if (timingSafeEqual(digest(token), digest(deps.config.OPERATOR_KEY))) {
    return { kind: "operator", token };
  }
  const parts = parseApiKey(token);
  if (parts === null) {
    return { kind: "refused", reason: "malformed" };
  }
  const key = await findApiKeyByPrefix(deps.identityPool, parts.prefix);
  if (key === null) {
    return { kind: "refused", reason: "unknown" };
  }
  if (!timingSafeEqual(digest(parts.secret), Buffer.from(key.secretHash, "hex"))) {
    return { kind: "refused", reason: "wrong-secret" };
  }
  if (key.revokedAt !== null) {
    return { kind: "refused", reason: "revoked" };
  }
  return key.expiresAt !== null && key.expiresAt.getTime() <= deps.clock.nowMs()
    ? { kind: "refused", reason: "expired" }
    : { kind: "api-key", token, key };
}

/** RFC 6750, section 2.1: the scheme in any case, one token behind it. */
function bearerToken(authorization: string | undefined): string | null {
  return /^bearer +([!-~]{1,512})$/i.exec(authorization ?? "")?.[1] ?? null;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
