import { statSync } from "node:fs";
import { invariant } from "@alivemcp/core/invariant";
import type { Clock } from "@alivemcp/runtime/clock";
import { type KeyFile, readKeyFile } from "./key-file.ts";
import type { KeyProvider, WrapContext } from "./key-provider.ts";
import { openBytes, sealBytes } from "./sealed-secret.ts";

/**
 * A key provider that reads its keys from a file, again whenever the file changes: keys are added while the process
 * runs. Throws when the file is not usable at the start; a file that breaks later leaves the keys read before in force.
 */
export function openLocalKeyProvider(input: {
  readonly path: string;
  readonly clock: Clock;
  readonly onBroken: (err: unknown) => void;
}): KeyProvider {
  const { path, clock } = input;
  let file = readKeyFile(path);
  let stamp = stampOf(path);
  const keys = (): KeyFile["keys"] => {
    const now = stampOf(path);
    if (now !== stamp) {
      stamp = now;
      try {
        file = readKeyFile(path);
      } catch (err) {
        input.onBroken(err);
      }
    }
    return file.keys;
  };
  const current = () => currentKey(keys(), clock.nowMs());
  return {
    name: "local",
    currentKeyId: async () => current().id,
    async wrap(dataKey, context) {
      const { id, key } = current();
      return { keyId: id, wrapped: sealBytes(Buffer.from(key, "base64"), dataKey, contextOf(id, context)) };
    },
    async unwrap({ keyId, wrapped }, context) {
      const held = keys().find(({ id }) => id === keyId);
      if (held === undefined) {
        throw new Error(`the vault's key file has no key ${keyId}`);
      }
      const dataKey = openBytes(Buffer.from(held.key, "base64"), wrapped, contextOf(keyId, context));
      if (dataKey === null) {
        throw new Error(`a data key does not unwrap with the key ${keyId}`);
      }
      return dataKey;
    },
  };
}

/** The key whose time began last; while none has begun, the first. */
function currentKey(keys: KeyFile["keys"], nowMs: number): KeyFile["keys"][number] {
  const [begun] = keys
    .filter(({ wrapsFromMs }) => wrapsFromMs <= nowMs)
    .toSorted((a, b) => b.wrapsFromMs - a.wrapsFromMs);
  const key = begun ?? keys[0];
  invariant(key !== undefined, "a key file has a key");
  return key;
}

const contextOf = (keyId: string, { tenantId, version }: WrapContext) =>
  Buffer.from(JSON.stringify(["alivemcp data key 1", keyId, tenantId, version]));

/** Changes whenever the file is replaced or rewritten; empty while it is missing. */
function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.ino}-${stat.mtimeMs}-${stat.size}`;
}
