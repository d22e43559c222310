/** Credentials as they come in, and what is shown of them. */
import {
  CREDENTIAL_KINDS,
  type CredentialDescription,
  EXPIRY_SOURCES,
} from "@alivemcp/core/credential-description";
import { CREDENTIAL_HEADERS_MAX, credentialInputSchema } from "@alivemcp/core/credential-input";
import { z } from "@hono/zod-openapi";

const expiresAt = z.iso
  .datetime({ offset: true, error: "Give an instant such as 2027-01-31T00:00:00Z." })
  .nullable()
  .default(null)
  .describe("When it ends, if you know; read from a JWT by itself.");

const wordsSchema = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("bearer"), token: z.string(), expires_at: expiresAt }),
    z.strictObject({
      kind: z.literal("headers"),
      headers: z
        .array(z.strictObject({ name: z.string(), value: z.string() }))
        .max(CREDENTIAL_HEADERS_MAX, `At most ${CREDENTIAL_HEADERS_MAX} headers.`),
      expires_at: expiresAt,
    }),
    z.strictObject({
      kind: z.literal("client_credentials"),
      client_id: z.string(),
      client_secret: z.string(),
      scope: z.string().nullable().default(null),
      token_url: z
        .string()
        .nullable()
        .default(null)
        .describe("Where tokens are asked for, when the endpoint publishes no metadata that says so."),
      expires_at: expiresAt,
    }),
  ],
  { error: "The kind is bearer, headers or client_credentials; Connect needs a person, in the dashboard." },
);

/** The bounds and sentences are core's, for every door; only the names differ. */
export const credentialBodySchema = wordsSchema.transform((body, context) => {
  const { expires_at, ...rest } = body;
  const parsed = credentialInputSchema.safeParse({
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [camelCase(name), value])),
    expiresAtMs: expires_at === null ? null : Date.parse(expires_at),
  });
  if (parsed.success) {
    return parsed.data;
  }
  for (const { message, path } of parsed.error.issues) {
    context.addIssue({ code: "custom", message, path: path.map((part) => snakeCase(String(part))) });
  }
  return z.NEVER;
});

const camelCase = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const snakeCase = (name: string) =>
  name === "expiresAtMs" ? "expires_at" : name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const credentialSchema = z
  .strictObject({
    kind: z.enum(CREDENTIAL_KINDS),
    version: z.int(),
    hints: z
      .strictObject({
        header_names: z.array(z.string()),
        last_four: z.string().nullable(),
        client_id: z.string().nullable(),
        scope: z.string().nullable(),
        issuer: z.string().nullable(),
        token_url: z.string().nullable(),
      })
      .describe("Enough to recognise it, never enough to log in with."),
    expires_at: z.iso.datetime().nullable(),
    is_expiring: z.boolean().describe("It ends within 72 hours, or has ended."),
    expiry_source: z.enum(EXPIRY_SOURCES).nullable(),
    created_by: z.string().nullable(),
    created_at: z.iso.datetime(),
    rejection: z
      .strictObject({ at: z.iso.datetime(), detail: z.string() })
      .nullable()
      .describe("The authorization server refused it."),
  })
  .openapi("Credential");

export const credentialJson = (found: CredentialDescription): z.infer<typeof credentialSchema> => ({
  kind: found.kind,
  version: found.version,
  hints: {
    header_names: [...(found.hints.headerNames ?? [])],
    last_four: found.hints.lastFour ?? null,
    client_id: found.hints.clientId ?? null,
    scope: found.hints.scope ?? null,
    issuer: found.hints.issuer ?? null,
    token_url: found.hints.tokenUrl ?? null,
  },
  expires_at: found.expiry.kind === "unknown" ? null : new Date(found.expiry.expiresAtMs).toISOString(),
  is_expiring: found.expiry.kind === "expiring" || found.expiry.kind === "expired",
  expiry_source: found.expirySource,
  created_by: found.createdBy,
  created_at: new Date(found.createdAtMs).toISOString(),
  rejection: found.rejection && {
    at: new Date(found.rejection.atMs).toISOString(),
    detail: found.rejection.detail,
  },
});
