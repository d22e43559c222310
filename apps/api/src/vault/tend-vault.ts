/**
 * Keeps the vault as its keys want it, tenant by tenant, while everything else runs: data keys under the provider's
 * current key, secrets under their tenant's newest data key, nothing kept that is no longer of use. Each row is one
 * transaction, so whatever a crash interrupts the next run goes on with; two at once do the work once.
 */

import { lockCredentialBelow, rewriteCredential } from "@alivemcp/db/queries/credentials";
import { dropUnusedDataKeys, listDataKeys, rewrapDataKey } from "@alivemcp/db/queries/data-keys";
import {
  forgetExpiredAccessTokens,
  lockOauthTokenBelow,
  rewriteOauthToken,
} from "@alivemcp/db/queries/oauth-tokens";
import { listVaultTenants } from "@alivemcp/db/queries/vault-tenants-system";
import { grantTenantScope, type TenantScope, type Tx, withTenant } from "@alivemcp/db/tenant-scope";
import type { Clock } from "@alivemcp/runtime/clock";
import type { Logger } from "@alivemcp/runtime/logger";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { Vault } from "./vault.ts";

export interface TendDeps {
  /** Logs in as `app`. */
  readonly pool: Pool;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What one run did. */
export interface Tended {
  readonly tenants: number;
  readonly dataKeysWrapped: number;
  readonly secretsEncrypted: number;
  readonly dataKeysDropped: number;
  readonly tokensForgotten: number;
  /** Tenants whose turn failed; the next run tries again. */
  readonly failures: number;
}

export const TEND_EVERY_MS = 10 * 60_000;
const TENANTS_PER_PAGE = 200;
/** Bound of one tenant's turn: twice the endpoints of the largest plan, tokens included. */
const ROWS_MAX = 2_000;

/** Goes through every tenant that has a vault, once. */
export async function tendVault(deps: TendDeps): Promise<Tended> {
  const sum = {
    tenants: 0,
    dataKeysWrapped: 0,
    secretsEncrypted: 0,
    dataKeysDropped: 0,
    tokensForgotten: 0,
    failures: 0,
  };
  await eachVaultTenant(deps, async (scope) => {
    sum.tenants += 1;
    try {
      sum.dataKeysWrapped += await wrapAnew(deps, scope);
      sum.secretsEncrypted += await encryptAnew(deps, scope);
      sum.tokensForgotten += await withTenant(scope, deps.pool, (tx) =>
        forgetExpiredAccessTokens(scope, tx, deps.clock.nowMs()),
      );
      sum.dataKeysDropped += await withTenant(scope, deps.pool, (tx) => dropUnusedDataKeys(scope, tx));
    } catch (err) {
      sum.failures += 1;
      deps.log.error({ err, tenantId: scope.tenantId }, "could not tend the vault of a tenant");
    }
  });
  if (sum.dataKeysWrapped + sum.secretsEncrypted + sum.dataKeysDropped + sum.failures > 0) {
    deps.log.info(sum, "tended the vault");
  }
  return sum;
}

/** Gives every tenant a new data key, under which its secrets are encrypted by the next `tendVault`. Returns how many. */
export async function renewDataKeys(deps: TendDeps): Promise<number> {
  let count = 0;
  await eachVaultTenant(deps, async (scope) => {
    await withTenant(scope, deps.pool, (tx) => deps.vault.addDataKey(scope, tx));
    count += 1;
  });
  return count;
}

/** Data keys by the provider's key that wraps them: a provider key that is not among them may be taken away. */
export async function countDataKeys(deps: TendDeps): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  await eachVaultTenant(deps, async (scope) => {
    for (const { provider, providerKeyId } of await withTenant(scope, deps.pool, (tx) =>
      listDataKeys(scope, tx),
    )) {
      const name = `${provider}/${providerKeyId}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  });
  return counts;
}

async function eachVaultTenant(
  { pool }: Pick<TendDeps, "pool">,
  run: (scope: TenantScope) => Promise<void>,
): Promise<void> {
  let afterId: string | null = null;
  for (;;) {
    const ids: readonly string[] = await listVaultTenants(pool, { afterId, limit: TENANTS_PER_PAGE });
    for (const id of ids) {
      await run(grantTenantScope(id, "system-job"));
    }
    afterId = ids.at(-1) ?? null;
    if (ids.length < TENANTS_PER_PAGE) {
      return;
    }
  }
}

/** Unwraps and wraps again; the data keys themselves, and so everything encrypted under them, stay as they are. */
async function wrapAnew({ pool, vault }: TendDeps, scope: TenantScope): Promise<number> {
  const { provider } = vault;
  const currentId = await provider.currentKeyId();
  const keys = await withTenant(scope, pool, (tx) => listDataKeys(scope, tx));
  let count = 0;
  for (const from of keys.filter(({ providerKeyId }) => providerKeyId !== currentId)) {
    const context = { tenantId: scope.tenantId, version: from.version };
    const dataKey = await provider.unwrap({ keyId: from.providerKeyId, wrapped: from.wrappedKey }, context);
    const { keyId, wrapped } = await provider.wrap(dataKey, context);
    const to = { version: from.version, provider: provider.name, providerKeyId: keyId, wrappedKey: wrapped };
    count += Number(await withTenant(scope, pool, (tx) => rewrapDataKey(scope, tx, { from, to })));
  }
  return count;
}

async function encryptAnew({ pool, vault }: TendDeps, scope: TenantScope): Promise<number> {
  for (let count = 0; count < ROWS_MAX; count += 1) {
    const isDone = await withTenant(scope, pool, async (tx) => {
      const newest = await vault.newestVersion(scope, tx);
      return !(
        (await encryptCredential(vault, scope, tx, newest)) || (await encryptToken(vault, scope, tx, newest))
      );
    });
    if (isDone) {
      return count;
    }
  }
  return ROWS_MAX;
}

/** One credential, decrypted and encrypted in the transaction that locks it; false when none is left. */
async function encryptCredential(vault: Vault, scope: TenantScope, tx: Tx, newest: number): Promise<boolean> {
  const row = await lockCredentialBelow(scope, tx, newest);
  if (row === null) {
    return false;
  }
  const { endpointId, version } = row;
  const binding = { endpointId, version, purpose: "credential" } as const;
  const plaintext = await vault.open(scope, tx, { ...row, binding });
  await rewriteCredential(scope, tx, {
    endpointId,
    ...(await vault.seal(scope, tx, { plaintext, binding })),
  });
  return true;
}

/** The same for the tokens of one credential. */
async function encryptToken(vault: Vault, scope: TenantScope, tx: Tx, newest: number): Promise<boolean> {
  const row = await lockOauthTokenBelow(scope, tx, newest);
  if (row === null) {
    return false;
  }
  const { endpointId, credentialVersion: version, dataKeyVersion } = row;
  const moved = async (sealed: Buffer | null, purpose: "access-token" | "refresh-token") => {
    if (sealed === null) {
      return null;
    }
    const binding = { endpointId, version, purpose };
    const plaintext = await vault.open(scope, tx, { dataKeyVersion, sealed, binding });
    return (await vault.seal(scope, tx, { plaintext, binding })).sealed;
  };
  await rewriteOauthToken(scope, tx, {
    endpointId,
    dataKeyVersion: newest,
    accessSealed: await moved(row.accessSealed, "access-token"),
    refreshSealed: await moved(row.refreshSealed, "refresh-token"),
  });
  return true;
}
