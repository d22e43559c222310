import { AppError } from "@alivemcp/core/app-error";
import type { HandoverAnswer, OpenedCredential } from "@alivemcp/core/credential-handover";
import type { CredentialTicketClaims } from "@alivemcp/core/credential-ticket";
import { findSealedCredential } from "@alivemcp/db/queries/credentials";
import { grantTenantScope, withTenant } from "@alivemcp/db/tenant-scope";
import { type AccessDeps, type AccessToken, accessTokenOf } from "../oauth/access-token.ts";
import { readStored } from "./stored-credential.ts";

export type OpenedOrRejected =
  | { readonly kind: "opened"; readonly credential: Omit<OpenedCredential, "v"> }
  | Extract<HandoverAnswer, { kind: "rejected" }>;

/**
 * Decrypts the credential that a ticket names, as the headers a probe sends. Throws `not_found` when it was deleted or
 * replaced since, or the endpoint changed hands, `forbidden` when it was entered for another origin than is asked for.
 */
export async function openCredential(
  deps: AccessDeps,
  claims: CredentialTicketClaims,
  asked: { readonly isRenewal: boolean; readonly origin: string },
): Promise<OpenedOrRejected> {
  const scope = grantTenantScope(claims.tenantId, "system-job");
  const { endpointId, credentialVersion: version } = claims;
  const { row, plaintext } = await withTenant(scope, deps.pool, async (tx) => {
    const found = await findSealedCredential(scope, tx, endpointId);
    if (found === null || found.version !== version) {
      throw new AppError({
        code: "not_found",
        internal: found === null ? "no credential" : "another version of the credential is stored",
        public: "There is no such credential any more.",
      });
    }
    const binding = { endpointId, version, purpose: "credential" } as const;
    return { row: found, plaintext: await deps.vault.open(scope, tx, { ...found, binding }) };
  });
  const { origin, credential: stored } = readStored(plaintext);
  if (origin !== asked.origin) {
    deps.log.warn({ endpointId }, "a credential was asked for another origin than it was entered for");
    throw new AppError({
      code: "forbidden",
      internal: "another origin",
      public: "This credential is for another origin.",
    });
  }
  const expiresAtMs = row.expiresAt?.getTime() ?? null;
  switch (stored.kind) {
    case "bearer":
      return { kind: "opened", credential: { headers: [bearer(stored.token)], expiresAtMs } };
    case "headers":
      return { kind: "opened", credential: { headers: stored.headers, expiresAtMs } };
    case "client_credentials":
    case "connect":
      return opened(
        await accessTokenOf(deps, { scope, endpointId, version, credential: stored }, asked),
        expiresAtMs,
      );
  }
}

function opened(token: AccessToken, expiresAtMs: number | null): OpenedOrRejected {
  return token.kind === "rejected"
    ? token
    : { kind: "opened", credential: { headers: [bearer(token.value)], expiresAtMs } };
}

const bearer = (token: string) => ({ name: "Authorization", value: `Bearer ${token}` });
