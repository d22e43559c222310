/** When a stored credential stops being good, and when its owner is told. */

/** So long before a credential expires its owner is warned. */
export const EXPIRY_WARNING_MS = 72 * 60 * 60_000;

export type CredentialExpiry =
  /** Nobody said when it ends. */
  | { readonly kind: "unknown" }
  | { readonly kind: "valid"; readonly expiresAtMs: number }
  /** Within the warning time. */
  | { readonly kind: "expiring"; readonly expiresAtMs: number; readonly leftMs: number }
  | { readonly kind: "expired"; readonly expiresAtMs: number };

/** Says how a credential's expiry stands at an instant. At the very instant it expires it is expired. */
export function judgeCredentialExpiry(expiresAtMs: number | null, nowMs: number): CredentialExpiry {
  if (expiresAtMs === null) {
    return { kind: "unknown" };
  }
  const leftMs = expiresAtMs - nowMs;
  if (leftMs <= 0) {
    return { kind: "expired", expiresAtMs };
  }
  return leftMs <= EXPIRY_WARNING_MS
    ? { kind: "expiring", expiresAtMs, leftMs }
    : { kind: "valid", expiresAtMs };
}

/** Longest JWT looked into. */
const JWT_LENGTH_MAX = 8_192;
/** Year 2200: later ones are no dates but mistakes, such as milliseconds where RFC 7519 says seconds. */
const EXP_SECONDS_MAX = 7_258_118_400;

/**
 * The `exp` of a JWT (RFC 7519, section 4.1.4) as epoch milliseconds; null when the text is none or states none. The
 * signature is the endpoint's business: the claim only tells the owner what they entered.
 */
export function readJwtExpiry(text: string): number | null {
  const parts = text.split(".");
  if (parts.length !== 3 || text.length > JWT_LENGTH_MAX) {
    return null;
  }
  const [header, claims] = parts.slice(0, 2).map(objectOf);
  if (!header || !claims || typeof header.alg !== "string") {
    return null;
  }
  const { exp } = claims;
  return typeof exp === "number" && exp > 0 && exp <= EXP_SECONDS_MAX ? Math.floor(exp * 1_000) : null;
}

function objectOf(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
