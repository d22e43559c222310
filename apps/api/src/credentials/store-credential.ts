import type { Caller } from "@alivemcp/actions/caller";
import { change } from "@alivemcp/actions/change";
import { describeCredential } from "@alivemcp/actions/credentials/describe-credential";
import { requestProbeNow } from "@alivemcp/actions/endpoints/request-probe";
import { AppError } from "@alivemcp/core/app-error";
import { type CredentialDescription, expiryOf, hintsOf } from "@alivemcp/core/credential-description";
import type { CredentialInput } from "@alivemcp/core/credential-input";
import { invariant } from "@alivemcp/core/invariant";
import { findEndpoint } from "@alivemcp/db/queries/endpoints";
import type { Deps } from "../deps.ts";
import { discoverIssuer, resourceOf } from "../oauth/authorization-server.ts";
import { asAnswer } from "../requests/as-answer.ts";
import { findTarget } from "./find-target.ts";
import { keepCredential } from "./keep-credential.ts";
import type { StoredCredential } from "./stored-credential.ts";

/** A person waits for this. */
const DISCOVERY_MS = 10_000;

type StoreDeps = Pick<
  Deps,
  "pool" | "redis" | "clock" | "log" | "vault" | "probeQueues" | "ticketKey" | "oauth"
>;

/**
 * Stores or replaces the credential of an endpoint, makes the endpoint private, and asks for a probe with it. Throws
 * `invalid` naming the field, `not_found`, `forbidden`, `limit_reached`; then nothing is stored.
 */
export async function storeCredential(
  deps: StoreDeps,
  caller: Caller,
  input: { readonly endpoint: string; readonly credential: CredentialInput },
): Promise<{ readonly credential: CredentialDescription; readonly isProbeRequested: boolean }> {
  const { credential } = input;
  requireFuture(credential.expiresAtMs, deps.clock.nowMs());
  const target = await findTarget(deps, caller, input.endpoint);
  const { stored, issuer } = await storedOf(deps, target.url, credential);
  await change(deps, caller, "credential.write", async (tx, tenant) => {
    const endpoint = await findEndpoint(caller.scope, tx, target.id);
    if (endpoint === null || endpoint.url !== target.url) {
      throw new AppError({
        code: "conflict",
        internal: "the endpoint changed while its credential was stored",
        public: "The endpoint was changed meanwhile. Look at it and try again.",
      });
    }
    const { audit } = await keepCredential(
      deps,
      caller,
      { tx, tenant },
      {
        endpoint,
        stored,
        hints: { ...hintsOf(credential), ...(issuer !== null && { issuer }) },
        expiry: expiryOf(credential),
      },
    );
    return { result: null, audit };
  });
  const description = await describeCredential(deps, asAnswer(caller), target.id);
  invariant(description !== null, "a credential that was stored is described");
  return {
    credential: description,
    isProbeRequested: await requestProbeNow(deps, caller.scope, target.id),
  };
}

function requireFuture(expiresAtMs: number | null, nowMs: number): void {
  if (expiresAtMs !== null && expiresAtMs <= nowMs) {
    throw new AppError({
      code: "invalid",
      internal: "declared expiry lies behind",
      public: "This date has passed; enter when the credential expires, or nothing.",
      field: "expires_at",
    });
  }
}

/** What goes into the vault. For client credentials the endpoint is asked first which authorization server is its own. */
async function storedOf(
  deps: Pick<Deps, "oauth">,
  url: string,
  input: CredentialInput,
): Promise<{ readonly stored: StoredCredential; readonly issuer: string | null }> {
  switch (input.kind) {
    case "bearer":
      return { stored: { kind: "bearer", token: input.token }, issuer: null };
    case "headers":
      return { stored: { kind: "headers", headers: input.headers }, issuer: null };
    case "client_credentials": {
      const { kind, clientId, clientSecret, tokenUrl } = input;
      const search = { http: deps.oauth, deadlineMs: performance.now() + DISCOVERY_MS };
      const found = tokenUrl === null ? await discoverIssuer(search, url) : null;
      const scope = input.scope ?? found?.scope ?? null;
      const issuer = found?.issuer ?? null;
      const resource = found?.resource ?? resourceOf(new URL(url));
      return { stored: { kind, clientId, clientSecret, scope, issuer, tokenUrl, resource }, issuer };
    }
  }
}
