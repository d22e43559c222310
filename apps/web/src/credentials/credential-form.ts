import {
  type ConnectInput,
  type CredentialInput,
  connectInputSchema,
  credentialInputSchema,
} from "@alivemcp/core/credential-input";
import type { z } from "zod";
import type { FormProblems } from "../forms/read-form.ts";

/** Lines for headers that the form shows; the API takes more. */
export const HEADER_LINES = 3;
export const FORM_KINDS = ["bearer", "headers", "client_credentials", "connect"] as const;
export type FormKind = (typeof FORM_KINDS)[number];

/** What was typed, by field, as far as it may be shown again: no secret is ever put into a page. */
export type CredentialValues = Readonly<Record<string, string>>;

/** Fields of the page beside the names that schema and API have for them. */
const FIELD_OF_PATH: readonly (readonly [RegExp, string])[] = [
  [/^token$/, "token"],
  [/^headers\.(\d+)\.name$/, "header_name_$1"],
  [/^headers\.(\d+)\.value$/, "header_value_$1"],
  [/^client_?[iI]d$/, "client_id"],
  [/^clientSecret$/, "client_secret"],
  [/^scope$/, "scope"],
  [/^tokenUrl$/, "token_url"],
  [/^expires_?at(Ms)?$/i, "expires"],
];

export const fieldOfPath = (path: string): string => {
  const [pattern, field] = FIELD_OF_PATH.find(([one]) => one.test(path)) ?? [/^.*$/, "form"];
  return path.replace(pattern, field);
};

export type Parsed<T> =
  | { readonly kind: "ok"; readonly input: T }
  | { readonly kind: "refused"; readonly problems: FormProblems };

/** The form of one kind as the credential it stands for. Empty header lines are left out. */
export function parseCredential(
  kind: Exclude<FormKind, "connect">,
  posted: CredentialValues,
): Parsed<CredentialInput> {
  const expiry = expiryOf(posted.expires ?? "");
  if (expiry === undefined) {
    return { kind: "refused", problems: { expires: "Enter a day as 2027-01-31, or nothing." } };
  }
  const { token, client_id: clientId, client_secret: clientSecret, scope, token_url: tokenUrl } = posted;
  const bodies = {
    bearer: { kind, token: token?.trim(), expiresAtMs: expiry },
    headers: { kind, headers: headersIn(posted), expiresAtMs: expiry },
    client_credentials: {
      kind,
      clientId,
      clientSecret,
      scope: scope || null,
      tokenUrl: tokenUrl || null,
      expiresAtMs: expiry,
    },
  };
  return parsed(credentialInputSchema, bodies[kind], indexesIn(posted));
}

export function parseConnect(posted: CredentialValues): Parsed<ConnectInput> {
  const { client_id: clientId, client_secret: clientSecret, scope } = posted;
  const body = { clientId: clientId || null, clientSecret: clientSecret || null, scope: scope || null };
  return parsed(connectInputSchema, body, []);
}

/** What may stand in the fields of a form that was refused. */
export function valuesToShow(posted: CredentialValues): CredentialValues {
  const secret = /^(token|client_secret|header_value_\d+)$/;
  return Object.fromEntries(Object.entries(posted).filter(([name]) => !secret.test(name)));
}

function parsed<T>(schema: z.ZodType<T>, body: unknown, lines: readonly number[]): Parsed<T> {
  const result = schema.safeParse(body);
  if (result.success) {
    return { kind: "ok", input: result.data };
  }
  const problems: Record<string, string> = {};
  for (const { path, message } of result.error.issues) {
    // The schema counts the lines that were filled in, the page all of them.
    const shown = path.map((part, at) => (path[at - 1] === "headers" ? (lines[Number(part)] ?? part) : part));
    problems[fieldOfPath(shown.join("."))] ??= message;
  }
  return { kind: "refused", problems };
}

const lineNumbers = Array.from({ length: HEADER_LINES }, (_, n) => n);
const indexesIn = (posted: CredentialValues) =>
  lineNumbers.filter((n) => posted[`header_name_${n}`] || posted[`header_value_${n}`]);
const headersIn = (posted: CredentialValues) =>
  indexesIn(posted).map((n) => ({ name: posted[`header_name_${n}`], value: posted[`header_value_${n}`] }));

/** The end of a day in UTC; null for nothing, undefined for what is no day. */
function expiryOf(text: string): number | null | undefined {
  if (text.trim() === "") {
    return null;
  }
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? Date.parse(`${text.trim()}T23:59:59Z`) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}
