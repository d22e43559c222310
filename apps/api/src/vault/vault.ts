/**
 * Encrypts and decrypts the tenants' secrets. Each tenant has data keys of its own (AES-256), wrapped by the key
 * provider; the newest encrypts, older ones still decrypt until everything was encrypted anew (rotate-vault.ts).
 */
import { randomBytes } from "node:crypto";
import { invariant } from "@alivemcp/core/invariant";
import {
  type DataKeyRow,
  findDataKey,
  findNewestDataKey,
  insertDataKey,
} from "@alivemcp/db/queries/data-keys";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";
import type { Clock } from "@alivemcp/runtime/clock";
import type { KeyProvider } from "./key-provider.ts";
import { DATA_KEY_BYTES, openSecret, type SecretBinding, sealSecret } from "./sealed-secret.ts";

export interface Vault {
  readonly provider: KeyProvider;
  /** Encrypts under the tenant's newest data key, making its first one when there is none. */
  seal(scope: TenantScope, tx: Tx, secret: Secret): Promise<SealedSecret>;
  /** Decrypts; throws when the row is not where it was written, which is a bug or an attack. */
  open(scope: TenantScope, tx: Tx, sealed: SealedSecret & { readonly binding: Binding }): Promise<Buffer>;
  /** Of the data key that `seal` uses. */
  newestVersion(scope: TenantScope, tx: Tx): Promise<number>;
  /** Makes the tenant's next data key, which encrypts from now on; returns its version. */
  addDataKey(scope: TenantScope, tx: Tx): Promise<number>;
}

type Binding = Omit<SecretBinding, "tenantId">;
interface Secret {
  readonly plaintext: Buffer;
  readonly binding: Binding;
}
interface SealedSecret {
  readonly dataKeyVersion: number;
  readonly sealed: Buffer;
}

/** Unwrapped keys are remembered this long, so that not every probe of every region asks the provider. */
const KEY_CACHE_MS = 5 * 60_000;
const KEY_CACHE_MAX = 1_000;

export function createVault(deps: { readonly provider: KeyProvider; readonly clock: Clock }): Vault {
  const { provider, clock } = deps;
  const cache = new Map<string, { readonly key: Buffer; readonly untilMs: number }>();

  const unwrapped = async (scope: TenantScope, row: DataKeyRow): Promise<Buffer> => {
    const id = `${scope.tenantId} ${row.version} ${row.wrappedKey.toString("base64")}`;
    const known = cache.get(id);
    if (known !== undefined && known.untilMs > clock.nowMs()) {
      return known.key;
    }
    invariant(row.provider === provider.name, "a data key is unwrapped by the provider that wrapped it");
    const context = { tenantId: scope.tenantId, version: row.version };
    const key = await provider.unwrap({ keyId: row.providerKeyId, wrapped: row.wrappedKey }, context);
    cache.delete(id);
    cache.set(id, { key, untilMs: clock.nowMs() + KEY_CACHE_MS });
    const [oldest] = cache.keys();
    if (cache.size > KEY_CACHE_MAX && oldest !== undefined) {
      cache.delete(oldest);
    }
    return key;
  };

  const addDataKey = async (scope: TenantScope, tx: Tx): Promise<number> => {
    const version = ((await findNewestDataKey(scope, tx))?.version ?? 0) + 1;
    const { keyId, wrapped } = await provider.wrap(randomBytes(DATA_KEY_BYTES), {
      tenantId: scope.tenantId,
      version,
    });
    // Who makes the same version at the same moment waits here; then the other's key is the newest.
    await insertDataKey(scope, tx, {
      version,
      provider: provider.name,
      providerKeyId: keyId,
      wrappedKey: wrapped,
    });
    return version;
  };

  const newest = async (scope: TenantScope, tx: Tx): Promise<DataKeyRow> => {
    const known = await findNewestDataKey(scope, tx);
    if (known !== null) {
      return known;
    }
    await addDataKey(scope, tx);
    const made = await findNewestDataKey(scope, tx);
    invariant(made !== null, "a data key that was made is found");
    return made;
  };

  return {
    provider,
    addDataKey,
    newestVersion: async (scope, tx) => (await newest(scope, tx)).version,
    async seal(scope, tx, { plaintext, binding }) {
      const row = await newest(scope, tx);
      const key = await unwrapped(scope, row);
      return {
        dataKeyVersion: row.version,
        sealed: sealSecret(key, plaintext, { ...binding, tenantId: scope.tenantId }),
      };
    },
    async open(scope, tx, { dataKeyVersion, sealed, binding }) {
      const row = await findDataKey(scope, tx, dataKeyVersion);
      invariant(row !== null, "a data key is kept while something is encrypted under it");
      const plaintext = openSecret(await unwrapped(scope, row), sealed, {
        ...binding,
        tenantId: scope.tenantId,
      });
      invariant(plaintext !== null, "a secret of the vault opens where it was written");
      return plaintext;
    },
  };
}
