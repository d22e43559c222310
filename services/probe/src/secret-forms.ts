/**
 * Keeps a credential out of everything a probe says. An endpoint may echo what it was sent anywhere: in an error, in its
 * name, in a tool's description; as it is, or encoded.
 */
import { isJsonObject } from "@alivemcp/core/json-schema-keywords";
import type { ProbeCredential } from "./probe-deps.ts";

const BLANK = "[redacted]";
/** Shorter values are words like any other, not secrets. */
const SECRET_CHARS_MIN = 4;
/** Tool lists are full of ordinary words, and blanking one of them would change what owners read. */
const SECRET_CHARS_MIN_IN_LISTS = 8;

export interface SecretForms {
  /** Every text a secret may appear as, longest first. */
  readonly all: readonly string[];
  /** Those long enough to be looked for in tool lists. */
  readonly long: readonly string[];
}

const NO_SECRETS: SecretForms = { all: [], long: [] };

/** The texts under which any part of these credentials could come back. */
export function secretForms(credentials: readonly ProbeCredential[]): SecretForms {
  if (credentials.length === 0) {
    return NO_SECRETS;
  }
  const secrets = credentials
    .flatMap(({ bearer, headers = {} }) => [
      ...(bearer === undefined ? [] : [bearer]),
      ...Object.values(headers).flatMap(partsOf),
    ])
    .filter((secret) => secret.length >= SECRET_CHARS_MIN);
  const formsOf = (from: readonly string[]) =>
    [...new Set(from.flatMap(encodings))].toSorted((a, b) => b.length - a.length);
  return {
    all: formsOf(secrets),
    long: formsOf(secrets.filter((secret) => secret.length >= SECRET_CHARS_MIN_IN_LISTS)),
  };
}

/** A header's value, what follows its scheme, and what Basic hides: user and password, and the password. */
function partsOf(value: string): string[] {
  const [, scheme = "", rest = ""] = /^([A-Za-z][\w-]*)\s+(\S.*)$/.exec(value) ?? [];
  if (rest === "") {
    return [value];
  }
  const pair = scheme.toLowerCase() === "basic" ? Buffer.from(rest, "base64").toString() : "";
  return [value, rest, pair, pair.slice(pair.indexOf(":") + 1)];
}

function encodings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret.toWellFormed());
  return [
    secret,
    json,
    json.replaceAll("/", "\\/"),
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    url.replaceAll("%20", "+"),
    Buffer.from(secret).toString("hex"),
    ...[0, 1, 2].flatMap((offset) => base64Core(secret, offset)),
  ];
}

/**
 * The characters of base64 that only the secret decides, when it begins `offset` bytes (modulo 3) into what was encoded:
 * so it is found inside any larger text that was encoded as a whole.
 */
function base64Core(secret: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const from = Math.ceil((offset * 8) / 6);
  const to = Math.floor((bytes.length * 8) / 6);
  const cores = [bytes.toString("base64"), bytes.toString("base64url")].map((text) => text.slice(from, to));
  return cores.filter((core) => core.length >= SECRET_CHARS_MIN);
}

/** The text with every form of a secret blanked. */
export function blankSecrets(text: string, forms: readonly string[]): string {
  return forms.reduce((rest, form) => (rest.includes(form) ? rest.replaceAll(form, BLANK) : rest), text);
}

/** Whether JSON of these bytes may hold a form: as it stands, or written with `\\u` escapes. */
export function mayHoldSecret(raw: Buffer | string, forms: readonly string[]): boolean {
  return forms.length > 0 && (raw.includes("\\u") || forms.some((form) => raw.includes(form)));
}

/** The same for all text inside a JSON value, names of properties included. Its depth was bounded when it was parsed. */
export function blankInValue(value: unknown, forms: readonly string[]): unknown {
  if (typeof value === "string") {
    return blankSecrets(value, forms);
  }
  if (Array.isArray(value)) {
    return value.map((each) => blankInValue(each, forms));
  }
  return isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([name, each]) => [blankSecrets(name, forms), blankInValue(each, forms)]),
      )
    : value;
}
