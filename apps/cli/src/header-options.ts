import { AppError } from "@alivemcp/core/app-error";

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/;

export interface CredentialOptions {
  readonly bearer?: string | undefined;
  readonly bearerEnv?: string | undefined;
  readonly header: readonly string[];
  readonly headerEnv: readonly string[];
}

/**
 * Turns the credential options of `check` into what the probe sends. The `…Env` forms name environment variables, so
 * that a secret does not stand in the process list. Throws `invalid` naming the option.
 */
export function readCredential(
  options: CredentialOptions,
  env: Readonly<Record<string, string | undefined>>,
): { bearer?: string; headers?: Record<string, string> } | null {
  if (options.bearer !== undefined && options.bearerEnv !== undefined) {
    throw usage("--bearer", "give either --bearer or --bearer-env, not both");
  }
  const bearer =
    options.bearer ??
    (options.bearerEnv === undefined ? undefined : fromEnv("--bearer-env", options.bearerEnv, env));
  const headers = Object.fromEntries([
    ...options.header.map((text) => splitHeader("--header", text)),
    ...options.headerEnv.map((text) => {
      const [name, variable] = splitHeader("--header-env", text);
      return [name, checkedValue("--header-env", fromEnv("--header-env", variable, env))] as const;
    }),
  ]);
  if (bearer !== undefined) {
    checkedValue("--bearer", bearer);
  }
  const hasHeaders = Object.keys(headers).length > 0;
  return bearer === undefined && !hasHeaders
    ? null
    : { ...(bearer === undefined ? {} : { bearer }), ...(hasHeaders ? { headers } : {}) };
}

function splitHeader(option: string, text: string): readonly [string, string] {
  const colon = text.indexOf(":");
  const name = text.slice(0, colon).trim();
  if (colon < 1 || !TOKEN.test(name)) {
    throw usage(option, 'write it as "Name: value"');
  }
  return [name, checkedValue(option, text.slice(colon + 1).trim())];
}

function checkedValue(option: string, value: string): string {
  if (!VALUE.test(value)) {
    throw usage(option, "the value has characters that no HTTP header may carry");
  }
  return value;
}

function fromEnv(
  option: string,
  variable: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const value = env[variable];
  if (!value) {
    throw usage(option, `the environment variable ${variable} is not set`);
  }
  return value;
}

function usage(option: string, sentence: string): AppError {
  return new AppError({
    code: "invalid",
    internal: `${option}: ${sentence}`,
    public: sentence,
    field: option,
  });
}
