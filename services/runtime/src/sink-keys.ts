/**
 * Keys that settings of sinks (URLs, routing keys, addresses) are sealed to. Who takes them from people holds the public
 * half only (`SINK_PUBLIC_KEY`); who sends holds the private one (`SINK_KEY`, in practice `SINK_KEY_FILE`). A box opens for
 * the one tenant, sink and version it was made for: a row copied elsewhere, or an older one put back, does not.
 */
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { makeBoxKeys, openBox, type SealedBox, sealBox } from "./sealed-box.ts";

/** What seals. */
export interface SinkPublicKey {
  readonly id: string;
  /** Raw X25519 key, base64url. */
  readonly publicKey: string;
}

/** What opens. */
export interface SinkKey extends SinkPublicKey {
  readonly privateKey: KeyObject;
}

/** What a box is bound to. The version rises with every change of the settings. */
export interface SinkBinding {
  readonly tenantId: string;
  readonly sinkId: string;
  readonly version: number;
}

/** As stored: `sink.sealed` and `sink.sealing_key_id`. */
export interface SealedSettings {
  readonly sealed: SealedBox;
  readonly sealingKeyId: string;
}

const KEYS_MAX = 20;
const KEY_ID = /^[a-z0-9-]{1,40}$/;
const raw = z.string().regex(/^[\w-]{43}$/, "a key has 32 bytes, base64url");
const keyFileSchema = z
  .array(z.strictObject({ id: z.string().regex(KEY_ID), publicKey: raw, privateKey: raw }))
  .min(1)
  .max(KEYS_MAX)
  .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, "an id stands twice");
type KeyFile = z.infer<typeof keyFileSchema>;

/** `SINK_PUBLIC_KEY`: `<id>:<base64url>`, as `sinkPublicKeyText` writes it. */
export const sinkPublicKeySchema = z
  .string()
  .regex(/^[a-z0-9-]{1,40}:[\w-]{43}$/, "must be <id>:<base64url of 32 bytes>")
  .transform((text): SinkPublicKey => {
    const [id = "", publicKey = ""] = text.split(":");
    return { id, publicKey };
  });

/**
 * `SINK_KEY`, by way of `SINK_KEY_FILE`: JSON list of `{id, publicKey, privateKey}`, newest first. The first is what
 * everything is sealed to in the end; the others open what is not sealed anew yet. Never empty.
 */
export const sinkKeysSchema = z.string().transform((text, context): readonly SinkKey[] => {
  const file = keyFileSchema.safeParse(jsonOf(text));
  const keys = file.success ? file.data.map(openedKey) : [];
  if (keys.length === 0 || keys.some((key) => key === null)) {
    context.addIssue({ code: "custom", message: "is no list of key pairs as addSinkKey writes it" });
    return z.NEVER;
  }
  return keys.filter((key) => key !== null);
});

/** The public half that writers hold; for `SINK_PUBLIC_KEY`. */
export const sinkPublicKeyText = ({ id, publicKey }: SinkPublicKey): string => `${id}:${publicKey}`;

export function sealSettings(key: SinkPublicKey, settings: unknown, binding: SinkBinding): SealedSettings {
  const plaintext = Buffer.from(JSON.stringify(settings));
  const sealed = sealBox(key.publicKey, plaintext, bound(binding));
  plaintext.fill(0);
  return { sealed, sealingKeyId: key.id };
}

/** The settings, or null: the key is not here, or the box was made for another tenant, sink or version. */
export function openSettings(
  keys: readonly SinkKey[],
  { sealed, sealingKeyId, ...binding }: SealedSettings & SinkBinding,
): unknown {
  const key = keys.find(({ id }) => id === sealingKeyId);
  const plaintext = key === undefined ? null : openBox(key, sealed, bound(binding));
  if (plaintext === null) {
    return null;
  }
  const settings: unknown = JSON.parse(plaintext.toString());
  plaintext.fill(0);
  return settings;
}

/**
 * Puts a new key first in the file, making the file (readable by its owner only) when there is none. The file is replaced
 * in one step: a reader sees the old one or the new one.
 */
export function addSinkKey(path: string, input: { readonly nowMs: number }): SinkPublicKey {
  const keys = existsSync(path) ? keyFileSchema.parse(jsonOf(readFileSync(path, "utf8"))) : [];
  const id = `${new Date(input.nowMs).toISOString().slice(0, 10)}-${randomBytes(3).toString("hex")}`;
  const { publicKey, privateKey } = makeBoxKeys();
  const added = { id, publicKey, privateKey: privateKey.export({ format: "jwk" }).d ?? "" };
  const file: KeyFile = [added, ...keys].slice(0, KEYS_MAX);
  const draft = `${path}.draft`;
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
  return { id, publicKey };
}

/** Public half of the newest key of a file. Throws, without its contents, when it is not usable. */
export function readSinkPublicKey(path: string): SinkPublicKey {
  const [newest] = sinkKeysSchema.parse(readFileSync(path, "utf8"));
  if (newest === undefined) {
    throw new Error(`the sink key file ${path} is empty`);
  }
  return { id: newest.id, publicKey: newest.publicKey };
}

/** Null when the halves do not belong together: what is sealed to the one would never open. */
function openedKey({ id, publicKey, privateKey: d }: KeyFile[number]): SinkKey | null {
  try {
    const privateKey = createPrivateKey({
      key: { kty: "OKP", crv: "X25519", x: publicKey, d },
      format: "jwk",
    });
    const { x } = createPublicKey(privateKey).export({ format: "jwk" });
    return x === publicKey ? { id, publicKey, privateKey } : null;
  } catch {
    return null;
  }
}

const bound = ({ tenantId, sinkId, version }: SinkBinding) => ({ tenantId, sinkId, version });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
