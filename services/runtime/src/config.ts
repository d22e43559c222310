import { readFileSync } from "node:fs";
import { invariant } from "@alivemcp/core/invariant";
import { z } from "zod";

/** Raised at start-up with every problem at once, by variable name and without values. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads a process's configuration from its environment.
 *
 * An empty string is a missing value. For every variable `X` of the schema, `X_FILE` may name a file that holds it
 * (a mounted secret); its trailing newline is dropped. Throws `ConfigError` naming all problems.
 */
export function loadConfig<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<z.ZodObject<Shape>> {
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const file = env[`${name}_FILE`];
    const value = env[name] || (file ? readSecret(name, file, problems) : undefined);
    if (value) {
      values[name] = value;
    }
  }
  const parsed = schema.safeParse(values);
  if (parsed.success && problems.length === 0) {
    return parsed.data;
  }
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]);
    problems.push(values[name] === undefined ? `${name} is missing` : `${name}: ${issue.message}`);
  }
  throw new ConfigError(`Configuration is not usable:\n  ${[...new Set(problems)].join("\n  ")}`);
}

function readSecret(name: string, file: string, problems: string[]): string | undefined {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch {
    problems.push(`${name}_FILE names a file that cannot be read`);
    return undefined;
  }
}

/** Comma-separated list; blanks around entries are dropped, empty entries too. */
export const csv = z.string().transform((text) =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ""),
);

/**
 * Keys of credential tickets, comma-separated, newest first: the first signs, all are believed. More than one only while
 * a key is being replaced. Without any, private endpoints could not be probed, so whoever makes jobs does not start.
 */
export const ticketKeys = csv.pipe(
  z.array(z.string().min(32, "a ticket key has at least 32 characters")).min(1).max(3),
);

/** The key that signs. */
export function signingKey(keys: readonly string[]): string {
  const [newest] = keys;
  invariant(newest !== undefined, "the configuration has a ticket key");
  return newest;
}

/** What every process reads. */
export const processConfig = {
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace"]).default("info"),
  REDIS_URL: z.url(),
  METRICS_HOST: z.string().default("127.0.0.1"),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535),
  /** Deadline of an orderly stop. */
  SHUTDOWN_GRACE_MS: z.coerce.number().int().positive().default(10_000),
};
