/**
 * Contract of `POST /internal/credentials/open`: how a credential child of a region gets the credential of one job from
 * the api. The child authenticates with its region's token (`Authorization: Bearer`), shows the job's ticket
 * (credential-ticket.ts) and its own public key; the api decrypts and seals the credential to that key.
 *
 * Once per (region, job, dispatch number, renewal): asking again with the same key within `HANDOVER_REPEAT_MS` gets the
 * same sealed answer; another key is refused with 409, and logged. Refusals are problem+json: 400 malformed, 401 region
 * token, 403 ticket (forged, expired, of another region or job) or origin, 404 no such credential (deleted, replaced since, the
 * endpoint changed hands), 409 another key or a repeat that came too late, 502 the authorization server could not be
 * asked. After each of these nothing is known about the endpoint: the probe is `unknown / probe_error`.
 */
import { z } from "zod";

export const HANDOVER_VERSION = 1;
export const HANDOVER_PATH = "/internal/credentials/open";
/** A repeat with the same key gets the same answer for this long. */
export const HANDOVER_REPEAT_MS = 60_000;

const base64url = (lengthMax: number) =>
  z
    .string()
    .max(lengthMax)
    .regex(/^[A-Za-z0-9_-]+$/);
/** A raw X25519 public key (RFC 7748), 32 bytes, base64url. */
const publicKey = base64url(43).length(43);

export const handoverRequestSchema = z.strictObject({
  v: z.literal(HANDOVER_VERSION),
  ticket: z.string().max(1024),
  region: z.string().max(64),
  jobId: z.string().max(200),
  /** The supervisor numbers every dispatch of a job, from 1. */
  dispatch: z.int().min(1).max(1000),
  /**
   * Where the child is about to send it, as `URL.origin` of the job's URL. A credential is given for the origin it was
   * entered for only, so a job or a row that was tampered with leads it nowhere else.
   */
  origin: z.string().max(300),
  /** Of the child, made when it started. */
  publicKey,
  /**
   * The endpoint refused (401) what the first answer held. Asked once per dispatch at most: an OAuth access token is
   * then fetched anew (unless it is seconds old), other credentials come as they were.
   */
  isRenewal: z.boolean().default(false),
});
export type HandoverRequest = z.input<typeof handoverRequestSchema>;

export const sealedCredentialSchema = z.object({
  kind: z.literal("sealed"),
  ephemeralPublicKey: publicKey,
  /** 12 bytes. */
  nonce: base64url(16).length(16),
  /** With the 16-byte tag at its end. */
  ciphertext: base64url(65_536),
});
export type SealedCredential = z.infer<typeof sealedCredentialSchema>;

export const handoverAnswerSchema = z.discriminatedUnion("kind", [
  sealedCredentialSchema,
  /** The authorization server refused the grant: the probe says `credential_rejected`. `detail` may be shown to the owner. */
  z.object({ kind: z.literal("rejected"), detail: z.string().max(200) }),
]);
export type HandoverAnswer = z.infer<typeof handoverAnswerSchema>;

/**
 * What the sealed box holds, as JSON. Bearer tokens and OAuth access tokens come as an `Authorization` header, custom
 * headers as themselves. What the health tool is called with is in the job, not here.
 */
export const openedCredentialSchema = z.object({
  v: z.literal(HANDOVER_VERSION),
  headers: z
    .array(z.object({ name: z.string().max(128), value: z.string().max(8192) }))
    .min(1)
    .max(10),
  /** Declared by the owner, read from a JWT, or told by the authorization server; null: not known. */
  expiresAtMs: z.int().nonnegative().nullable(),
});
export type OpenedCredential = z.infer<typeof openedCredentialSchema>;
