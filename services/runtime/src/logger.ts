import { type DestinationStream, type Logger, pino, stdSerializers } from "pino";

export type { Logger } from "pino";

/** Fields that never reach a log line, at the top level or one level down. */
const SECRET_FIELDS = [
  "authorization",
  "cookie",
  "set-cookie",
  "password",
  "secret",
  "token",
  "bearer",
  "apiKey",
  "credential",
  "credentialTicket",
  "ticket",
  "clientSecret",
  "accessToken",
  "refreshToken",
  "codeVerifier",
  "routingKey",
  "webhookSecret",
  "signingSecret",
  "telegramBotToken",
];

/** Secrets inside free text: bearer and basic values, our API keys, passwords in URLs, tokens in query strings and forms. */
const SECRET_TEXT: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, "$1 [redacted]"],
  // Addresses that mails lead to: whoever has one confirms or ends in the recipient's name.
  [/\/(confirm-sink|u)\/[\w.-]{40,}/g, "/$1/[redacted]"],
  [/\bwhsec_[A-Za-z0-9+/=]+/g, "whsec_[redacted]"],
  [/\bamk_[a-z]+_[A-Za-z0-9_]+/g, "amk_[redacted]"],
  // The path of these is the whole secret.
  [/\b(hooks\.slack(?:-gov)?\.com|discord(?:app)?\.com\/api\/webhooks)\/[^\s"]+/gi, "$1/[redacted]"],
  [/\b(api\.telegram\.org\/bot)[^\s"/]+/gi, "$1[redacted]"],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:@/"]*):[^\s@/"]+@/gi, "$1:[redacted]@"],
  [
    /([?&"](?:access_token|refresh_token|client_secret|code_verifier|code|state|api_key|apikey|token|key|secret|sig|signature)=)[^&\s"]+/gi,
    "$1[redacted]",
  ],
];

/** Blanks what looks like a secret in a text that is about to be logged. */
export function redactSecrets(text: string): string {
  return SECRET_TEXT.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}

/** What Postgres and its client say of the values of a query: people's addresses, URLs with keys in them, stored secrets. */
const VALUE_FIELDS = ["params", "detail", "where", "internalQuery"];
const CAUSES_MAX = 5;

/** An error for the log, without the values of the query that failed. */
function tellError(err: unknown): unknown {
  if (!(err instanceof Error)) {
    return err;
  }
  const told: Record<string, unknown> = { ...stdSerializers.err(err) };
  for (const field of VALUE_FIELDS) {
    delete told[field];
  }
  // Drizzle writes all of them behind its message, which stands in the stack, too.
  let cause: unknown = err;
  for (let depth = 0; cause instanceof Error && depth < CAUSES_MAX; depth += 1, cause = cause.cause) {
    const { params } = cause as { params?: unknown };
    if (Array.isArray(params)) {
      for (const field of ["message", "stack"]) {
        told[field] = String(told[field]).replaceAll(`\nparams: ${String(params)}`, "");
      }
    }
  }
  return told;
}

/**
 * JSON-lines logger of a process (pino). Redacts by field name, then by pattern over the finished line, so that a
 * secret inside an error message or a URL is caught too. Of a failed query the statement is told, its values are not. `destination` is for tests; default is standard output.
 */
export function openLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: tellError },
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.headers["${field}"]`]),
      censor: "[redacted]",
    },
    hooks: { streamWrite: redactSecrets },
  };
  return destination ? pino(options, destination) : pino(options);
}
