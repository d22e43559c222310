/** What a person or an API key may enter as the credential of an endpoint. Bounds and messages are those of every door. */
import { z } from "zod";
import { isSendableValue, judgeHeaderName } from "./credential-header.ts";

export const CREDENTIAL_HEADERS_MAX = 10;
/** Longest secret: the usual limit of HTTP servers for one header. */
export const SECRET_LENGTH_MAX = 8_192;
/** All headers of a credential together; beyond this servers answer 431. */
export const CREDENTIAL_CHARS_MAX = 16_384;

const secret = (what: string) =>
  z
    .string({ error: `Enter ${what}.` })
    .min(1, `Enter ${what}.`)
    .max(SECRET_LENGTH_MAX, `At most ${SECRET_LENGTH_MAX} characters fit into a header.`);
/** RFC 6749, appendix A.1 and A.4. */
const VSCHAR = /^[\x20-\x7e]*$/;
const httpUrl = (what: string) =>
  z
    .url({ protocol: /^https?$/, error: `Enter ${what} as a URL that begins with https://.` })
    .max(2_048, "A URL has at most 2,048 characters.");
/** Declared by the person; whether it lies ahead is judged when it is stored. */
const expiresAtMs = z.int().positive().nullable().default(null);
const scope = z
  .string()
  .trim()
  .max(1_000, "Scopes have at most 1,000 characters.")
  // RFC 6749, appendix A.4.
  .regex(
    /^[\x21\x23-\x5b\x5d-\x7e]*( [\x21\x23-\x5b\x5d-\x7e]+)*$/,
    "Scopes are words separated by single spaces.",
  )
  .nullable()
  .default(null)
  .transform((text) => text || null);
const clientId = z
  .string({ error: "Enter the client id." })
  .min(1, "Enter the client id.")
  .max(1_000, "A client id has at most 1,000 characters.")
  .regex(VSCHAR, "A client id has plain ASCII characters only.");

const header = z.strictObject({
  name: z
    .string({ error: "Enter the name of the header." })
    .trim()
    .superRefine((name, ctx) => {
      const fault = judgeHeaderName(name);
      if (fault !== null) {
        ctx.addIssue({ code: "custom", message: fault });
      }
    }),
  value: secret("the value of the header").refine(
    isSendableValue,
    "A header value has visible ASCII characters only, no line breaks, and no blanks at its ends.",
  ),
});

export const credentialInputSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("bearer"),
    token: secret("the token")
      .refine(
        (token) => !/^bearer\s/i.test(token),
        "Leave out the word Bearer; it is added when the token is sent.",
      )
      .refine(
        (token) => /^[\x21-\x7e]+$/.test(token),
        "A token has visible ASCII characters only, without blanks.",
      ),
    expiresAtMs,
  }),
  z.strictObject({
    kind: z.literal("headers"),
    headers: z
      .array(header)
      .min(1, "Enter at least one header.")
      .max(CREDENTIAL_HEADERS_MAX, `At most ${CREDENTIAL_HEADERS_MAX} headers.`)
      .refine(
        (headers) => new Set(headers.map(({ name }) => name.toLowerCase())).size === headers.length,
        "Every header may be entered once.",
      )
      .refine(
        (headers) =>
          headers.reduce((sum, { name, value }) => sum + name.length + value.length, 0) <=
          CREDENTIAL_CHARS_MAX,
        `All headers together have at most ${CREDENTIAL_CHARS_MAX} characters.`,
      ),
    expiresAtMs,
  }),
  z.strictObject({
    kind: z.literal("client_credentials"),
    clientId,
    clientSecret: secret("the client secret").regex(
      VSCHAR,
      "A client secret has plain ASCII characters only.",
    ),
    scope,
    /** Where tokens are asked for, when the endpoint publishes no metadata that says so. */
    tokenUrl: httpUrl("the token URL").nullable().default(null),
    expiresAtMs,
  }),
]);
/** Parsed; as `z.input` what a door sends. */
export type CredentialInput = z.output<typeof credentialInputSchema>;

/** What a person may enter before they are sent to the authorization server of their endpoint. */
export const connectInputSchema = z.strictObject({
  /** Null: we register ourselves where the authorization server lets us (RFC 7591). */
  clientId: clientId.nullable().default(null),
  clientSecret: secret("the client secret").regex(VSCHAR).nullable().default(null),
  scope,
});
export type ConnectInput = z.output<typeof connectInputSchema>;
