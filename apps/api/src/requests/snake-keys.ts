import { AppError } from "@alivemcp/core/app-error";
import type { z } from "zod";

const toSnake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const toCamel = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Names of members as the code has them become those of the API, at every depth; values stay. */
export const snakeKeys = (value: unknown): unknown => renamed(value, toSnake);

/**
 * A body in the words of the API, held to the schema of the code, which has the finer rules. Throws `invalid` naming the
 * field as it was sent.
 */
export function parseSnake<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(renamed(body, toCamel));
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw new AppError({
    code: "invalid",
    internal: "body does not fit",
    public: issue?.message ?? "This is not valid.",
    field: issue?.path.map((part) => toSnake(String(part))).join(".") || "body",
  });
}

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => renamed(item, rename));
  }
  if (value === null || typeof value !== "object" || value instanceof Date) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [rename(name), renamed(of, rename)]));
}
