/**
 * What lets a worker ask for one credential, for one job. Made by whoever enqueues the job, carried by the job, judged by
 * the api when a credential child asks (credential-handover.ts). A region's token alone opens nothing, and neither does
 * a ticket without that region's token.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/** Format version, the first part of every ticket. */
const TICKET_VERSION = "1";
/** A ticket is good for this long after its job may start: longer than any job can wait and still be run. */
export const TICKET_LIFE_MS = 5 * 60_000;
/** Bound of `credentialTicket` in a job. */
export const TICKET_LENGTH_MAX = 1024;

export const credentialTicketClaimsSchema = z.object({
  endpointId: z.uuid(),
  /** Whose the endpoint was when the job was made: a ticket does not follow it to another owner. */
  tenantId: z.uuid(),
  credentialVersion: z.int().positive(),
  region: z.string().max(64),
  jobId: z.string().max(200),
  expiresAtMs: z.int().positive(),
});
export type CredentialTicketClaims = z.infer<typeof credentialTicketClaimsSchema>;

export type TicketReading =
  | { readonly kind: "valid"; readonly claims: CredentialTicketClaims }
  | {
      readonly kind: "invalid";
      readonly reason: "malformed" | "unknown_version" | "bad_signature" | "expired";
    };

/** A ticket over these claims: at most `TICKET_LENGTH_MAX` characters of the URL-safe alphabet. */
export function signCredentialTicket(key: string, claims: CredentialTicketClaims): string {
  const payload = Buffer.from(JSON.stringify(credentialTicketClaimsSchema.parse(claims))).toString(
    "base64url",
  );
  const signed = `${TICKET_VERSION}.${payload}`;
  return `${signed}.${macOf(key, signed).toString("base64url")}`;
}

/**
 * Judges a ticket. `keys`: every key that may have signed it, so that a key can be replaced while tickets of the old one
 * are under way. The comparison takes constant time; nothing inside is believed, or even parsed, before it.
 */
export function readCredentialTicket(keys: readonly string[], ticket: string, nowMs: number): TicketReading {
  const parts = ticket.split(".");
  const [version, payload, mac] = parts;
  if (ticket.length > TICKET_LENGTH_MAX || parts.length !== 3 || !payload || !mac) {
    return { kind: "invalid", reason: "malformed" };
  }
  if (version !== TICKET_VERSION) {
    return { kind: "invalid", reason: "unknown_version" };
  }
  const given = Buffer.from(mac, "base64url");
  const isSigned = keys.map((key) => isEqual(macOf(key, `${version}.${payload}`), given)).includes(true);
  if (!isSigned) {
    return { kind: "invalid", reason: "bad_signature" };
  }
  const claims = credentialTicketClaimsSchema.safeParse(jsonOf(payload));
  if (!claims.success) {
    return { kind: "invalid", reason: "malformed" };
  }
  return nowMs > claims.data.expiresAtMs
    ? { kind: "invalid", reason: "expired" }
    : { kind: "valid", claims: claims.data };
}

const macOf = (key: string, signed: string) =>
  createHmac("sha256", key).update(`credential-ticket:${signed}`).digest();

const isEqual = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);

function jsonOf(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString());
  } catch {
    return null;
  }
}
