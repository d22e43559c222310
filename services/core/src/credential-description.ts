/** What may be shown of a stored credential: enough to recognise it, never enough to log in with. */
import { type CredentialExpiry, judgeCredentialExpiry, readJwtExpiry } from "./credential-expiry.ts";
import type { CredentialInput } from "./credential-input.ts";

export const CREDENTIAL_KINDS = ["bearer", "headers", "client_credentials", "connect"] as const;
/** Who said when it ends: its owner, a JWT in it, or the authorization server (of a token that cannot be renewed). */
export const EXPIRY_SOURCES = ["declared", "jwt", "token"] as const;
export type ExpirySource = (typeof EXPIRY_SOURCES)[number];
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** Stored beside the ciphertext, in clear. */
export interface CredentialHints {
  readonly headerNames?: readonly string[];
  /** Last characters of the secret, when it is long enough not to be given away by them. */
  readonly lastFour?: string | null;
  readonly clientId?: string;
  readonly scope?: string | null;
  /** Pinned: tokens are asked of this authorization server only. */
  readonly issuer?: string | null;
  readonly tokenUrl?: string | null;
}

/** What pages and the API show. */
export interface CredentialDescription {
  readonly kind: CredentialKind;
  readonly version: number;
  readonly hints: CredentialHints;
  readonly expiry: CredentialExpiry;
  readonly expirySource: ExpirySource | null;
  /** Of the person who stored it; null: an API key did, or the person is gone. */
  readonly createdBy: string | null;
  readonly createdAtMs: number;
  /** The authorization server refused it; in force until a later try succeeds or the credential is replaced. */
  readonly rejection: { readonly atMs: number; readonly detail: string } | null;
}

/** Below this, four characters would be a good part of the secret. */
const HINTED_LENGTH_MIN = 16;

/** The last four characters of a secret that is long enough. */
export const lastFourOf = (secret: string): string | null =>
  secret.length >= HINTED_LENGTH_MIN ? secret.slice(-4) : null;

/** The hints of what was entered. */
export function hintsOf(input: CredentialInput): CredentialHints {
  switch (input.kind) {
    case "bearer":
      return { headerNames: ["Authorization"], lastFour: lastFourOf(input.token) };
    case "headers":
      return { headerNames: input.headers.map(({ name }) => name) };
    case "client_credentials":
      return { clientId: input.clientId, scope: input.scope, tokenUrl: input.tokenUrl };
  }
}

/** When what was entered expires: the earlier of what its owner declared and what a JWT in it says. */
export function expiryOf(
  input: CredentialInput,
): { readonly atMs: number; readonly source: ExpirySource } | null {
  const jwtMs = jwtExpiryOf(input);
  const { expiresAtMs: declaredMs } = input;
  if (declaredMs !== null && (jwtMs === null || declaredMs <= jwtMs)) {
    return { atMs: declaredMs, source: "declared" };
  }
  return jwtMs === null ? null : { atMs: jwtMs, source: "jwt" };
}

function jwtExpiryOf(input: CredentialInput): number | null {
  switch (input.kind) {
    case "bearer":
      return readJwtExpiry(input.token);
    case "headers": {
      const found = input.headers.flatMap(({ value }) => readJwtExpiry(value.replace(/^\S+\s+/, "")) ?? []);
      return found.length === 0 ? null : Math.min(...found);
    }
    case "client_credentials":
      return null;
  }
}

/** A stored credential as it is shown now. */
export function describeCredential(
  stored: Omit<CredentialDescription, "expiry"> & { readonly expiresAtMs: number | null },
  nowMs: number,
): CredentialDescription {
  const { expiresAtMs, ...shown } = stored;
  return { ...shown, expiry: judgeCredentialExpiry(expiresAtMs, nowMs) };
}
