/** What stands encrypted in the vault, per kind. Bytes of an earlier version of ours must still parse. */
import { z } from "zod";

const headers = z.array(z.object({ name: z.string(), value: z.string() })).min(1);
/** Who we are to an authorization server. */
const client = {
  clientId: z.string(),
  clientSecret: z.string().nullable(),
  scope: z.string().nullable(),
  /** Pinned when it was stored: tokens are asked of this authorization server only. */
  issuer: z.string().nullable(),
  /** Given by the owner where no metadata names one. */
  tokenUrl: z.string().nullable(),
  /** Resource indicator (RFC 8707). */
  resource: z.string(),
};

const storedCredentialSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("bearer"), token: z.string() }),
  z.object({ kind: z.literal("headers"), headers }),
  z.object({ kind: z.literal("client_credentials"), ...client }),
  z.object({ kind: z.literal("connect"), ...client }),
]);
export type StoredCredential = z.infer<typeof storedCredentialSchema>;
/** The kinds whose access tokens come from an authorization server. */
export type OauthCredential = Extract<StoredCredential, { clientId: string }>;

const keptSchema = z.object({
  /** `URL.origin` of the endpoint when it was entered: it is sent there and nowhere else. */
  origin: z.string(),
  credential: storedCredentialSchema,
});
type Kept = z.infer<typeof keptSchema>;

export const writeStored = (kept: Kept): Buffer => Buffer.from(JSON.stringify(kept));

export const readStored = (plaintext: Buffer): Kept => keptSchema.parse(JSON.parse(plaintext.toString()));
