import type { Caller } from "@alivemcp/actions/caller";
import type { AuditNote } from "@alivemcp/actions/change";
import { requirePlanLimit } from "@alivemcp/actions/require-plan-limit";
import type { CredentialHints, ExpirySource } from "@alivemcp/core/credential-description";
import { invariant } from "@alivemcp/core/invariant";
import {
  countPrivateEndpoints,
  makeEndpointPrivate,
  replaceCredential,
  takeCredentialVersion,
} from "@alivemcp/db/queries/credentials";
import type { EndpointRow } from "@alivemcp/db/queries/endpoints";
import type { Tenant } from "@alivemcp/db/queries/tenants";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { Vault } from "../vault/vault.ts";
import { type StoredCredential, writeStored } from "./stored-credential.ts";

export interface KeptCredential {
  readonly endpoint: Pick<EndpointRow, "id" | "url">;
  readonly stored: StoredCredential;
  readonly hints: CredentialHints;
  readonly expiry: { readonly atMs: number; readonly source: ExpirySource } | null;
}

/**
 * Puts a credential into the vault in place of the one before and makes its endpoint private, inside the transaction
 * of a `change`. Throws `limit_reached` when the plan has no room for one more private endpoint.
 */
export async function keepCredential(
  deps: { readonly vault: Vault },
  caller: Caller,
  within: { readonly tx: Tx; readonly tenant: Tenant },
  kept: KeptCredential,
): Promise<{ readonly version: number; readonly audit: AuditNote }> {
  const { scope } = caller;
  const { tx, tenant } = within;
  const { endpoint, stored, hints, expiry } = kept;
  const endpointId = endpoint.id;
  const taken = await takeCredentialVersion(scope, tx, endpointId);
  invariant(taken !== null, "the endpoint was found in this transaction");
  if (!taken.wasPrivate) {
    const wanted = (await countPrivateEndpoints(scope, tx)) + 1;
    requirePlanLimit(tenant.plan, "privateEndpointsMax", { wanted });
    await makeEndpointPrivate(scope, tx, endpointId);
  }
  const sealed = await deps.vault.seal(scope, tx, {
    plaintext: writeStored({ origin: new URL(endpoint.url).origin, credential: stored }),
    binding: { endpointId, version: taken.version, purpose: "credential" },
  });
  await replaceCredential(scope, tx, {
    endpointId,
    version: taken.version,
    kind: stored.kind,
    ...sealed,
    hints,
    expiresAtMs: expiry?.atMs ?? null,
    expirySource: expiry?.source ?? null,
    createdBy: caller.actor.kind === "member" ? caller.actor.userId : null,
  });
  const content = { kind: stored.kind, version: taken.version, hints, expiresAtMs: expiry?.atMs ?? null };
  return { version: taken.version, audit: { targetKind: "credential", targetId: endpointId, content } };
}
