/** The file behind the local key provider: several keys by id, of which the one that wraps last began. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { DATA_KEY_BYTES } from "./sealed-secret.ts";

const keyFileSchema = z.strictObject({
  v: z.literal(1),
  keys: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9-]{1,64}$/),
        /** 32 bytes, base64. */
        key: z
          .base64()
          .refine((text) => Buffer.from(text, "base64").length === DATA_KEY_BYTES, "a key has 32 bytes"),
        /** From this instant on the key wraps, unless a later one does; unwrapping it does from the start. */
        wrapsFromMs: z.int().nonnegative(),
      }),
    )
    .min(1)
    .max(100)
    .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, "an id stands twice"),
});
export type KeyFile = z.infer<typeof keyFileSchema>;

/** Throws, naming the file and never its contents, when it is missing or malformed. */
export function readKeyFile(path: string): KeyFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(`the vault's key file ${path} cannot be read`, { cause });
  }
  const parsed = keyFileSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(
      `the vault's key file ${path} is not usable: ${issue?.path.join(".") || "file"}: ${issue?.message}`,
    );
  }
  return parsed.data;
}

/**
 * Adds a new key, making the file (readable by its owner only) when there is none; returns the key's id. The file is
 * replaced in one step: a reader sees the old one or the new one.
 */
export function addKey(
  path: string,
  input: { readonly nowMs: number; readonly wrapsFromMs: number },
): string {
  const keys = existsSync(path) ? readKeyFile(path).keys : [];
  const id = `${new Date(input.nowMs).toISOString().slice(0, 10)}-${randomBytes(3).toString("hex")}`;
  const added = {
    id,
    key: randomBytes(DATA_KEY_BYTES).toString("base64"),
    wrapsFromMs: input.wrapsFromMs,
  };
  const file: KeyFile = { v: 1, keys: [...keys, added] };
  const draft = `${path}.draft`;
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
  return id;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
