/**
 * The access token of an OAuth credential: kept encrypted until it expires, renewed by whoever needs it first. Five
 * regions ask within seconds of each other, maybe in several processes; one of them goes to the authorization server.
 */
import { AppError } from "@alivemcp/core/app-error";
import { invariant } from "@alivemcp/core/invariant";
import {
  findOauthToken,
  noteOauthRejection,
  type OauthTokenRow,
  saveOauthToken,
} from "@alivemcp/db/queries/oauth-tokens";
import { type TenantScope, type Tx, withTenant } from "@alivemcp/db/tenant-scope";
import type { OauthCredential } from "../credentials/stored-credential.ts";
import type { Deps } from "../deps.ts";
import { readAuthorizationServer } from "./authorization-server.ts";
import { withLock } from "./oauth-lock.ts";
import { type Grant, requestTokens, type Tokens, toUpstream } from "./token-endpoint.ts";

export type AccessDeps = Pick<Deps, "pool" | "redis" | "clock" | "vault" | "oauth" | "log">;

/** Whose token is wanted. */
export interface TokenOwner {
  readonly scope: TenantScope;
  readonly endpointId: string;
  readonly version: number;
  readonly credential: OauthCredential;
}

export type AccessToken =
  | { readonly kind: "token"; readonly value: string }
  | { readonly kind: "rejected"; readonly detail: string };

/** For everything, authorization server included: a credential child waits for the answer inside its probe. */
const BUDGET_MS = 8_000;
/** A token that ends sooner is not given out: the probe that carries it takes up to 30 s. */
const LIFE_LEFT_MS_MIN = 45_000;
/** From here on a new one is wanted, while the old one still serves when there is none to be had. */
const LIFE_LEFT_MS_WANTED = 5 * 60_000;
/** Believed of a token whose life the server did not tell (RFC 6749 recommends that it does). */
const LIFE_MS_UNTOLD = 10 * 60_000;
/** A token this young is not renewed however it was received: somebody just did. */
const YOUNG_MS = 30_000;
/** A refusal stands this long before the authorization server is asked again. */
const REJECTION_REST_MS = 5 * 60_000;
/** Bound of the column. */
const REJECTION_LENGTH_MAX = 200;

/**
 * The token that probes send now. `isRenewal`: the endpoint refused the last one. `rejected` when the authorization
 * server refuses us; throws `upstream` when it cannot be asked and there is no token that still holds.
 */
export async function accessTokenOf(
  deps: AccessDeps,
  owner: TokenOwner,
  { isRenewal }: { readonly isRenewal: boolean },
): Promise<AccessToken> {
  const deadlineMs = performance.now() + BUDGET_MS;
  const held = await readHeld(deps, owner);
  const settled = settledBy(held, deps.clock.nowMs(), isRenewal);
  if (settled !== null) {
    return settled;
  }
  try {
    return await withLock(deps, { name: `oauth-lock:${owner.endpointId}`, deadlineMs }, async () => {
      const current = await readHeld(deps, owner);
      return settledBy(current, deps.clock.nowMs(), isRenewal) ?? renew(deps, owner, current, deadlineMs);
    });
  } catch (err) {
    const isUpstream = err instanceof AppError && err.code === "upstream";
    if (isUpstream && !isRenewal && held.token !== null && held.leftMs >= LIFE_LEFT_MS_MIN) {
      deps.log.warn(
        { err, endpointId: owner.endpointId },
        "could not renew an access token that still holds",
      );
      return { kind: "token", value: held.token };
    }
    throw err;
  }
}

interface Held {
  readonly row: OauthTokenRow | null;
  readonly token: string | null;
  readonly refreshToken: string | null;
  /** Of the access token's life; negative or 0 without one. */
  readonly leftMs: number;
}

async function readHeld(deps: AccessDeps, owner: TokenOwner): Promise<Held> {
  const { scope, endpointId, version } = owner;
  return withTenant(scope, deps.pool, async (tx) => {
    const row = await findOauthToken(scope, tx, { endpointId, credentialVersion: version });
    const open = (sealed: Buffer | null | undefined, purpose: "access-token" | "refresh-token") =>
      row && sealed
        ? deps.vault
            .open(scope, tx, {
              sealed,
              dataKeyVersion: row.dataKeyVersion,
              binding: { endpointId, version, purpose },
            })
            .then(String)
        : null;
    return {
      row,
      token: await open(row?.accessSealed, "access-token"),
      refreshToken: await open(row?.refreshSealed, "refresh-token"),
      leftMs: row?.accessExpiresAt ? row.accessExpiresAt.getTime() - deps.clock.nowMs() : 0,
    };
  });
}

/** What needs no request: a token with enough life left, or a refusal that still stands. */
function settledBy({ row, token, leftMs }: Held, nowMs: number, isRenewal: boolean): AccessToken | null {
  const ageMs = nowMs - (row?.obtainedAt?.getTime() ?? 0);
  if (row?.rejectedAt && nowMs - row.rejectedAt.getTime() < REJECTION_REST_MS) {
    return { kind: "rejected", detail: row.rejectedDetail ?? "" };
  }
  if (token === null || leftMs < LIFE_LEFT_MS_MIN) {
    return null;
  }
  // A server that gives short lives would otherwise be asked for every probe.
  const isFresh = leftMs >= LIFE_LEFT_MS_WANTED || leftMs > ageMs;
  const isWanted = isRenewal ? ageMs < YOUNG_MS : isFresh;
  return isWanted ? { kind: "token", value: token } : null;
}

async function renew(
  deps: AccessDeps,
  owner: TokenOwner,
  held: Held,
  deadlineMs: number,
): Promise<AccessToken> {
  const { credential } = owner;
  const grant = grantOf(credential, held.refreshToken);
  if (grant === null) {
    const detail =
      "the access token has expired and the authorization server gave no refresh token: connect again";
    await reject(deps, owner, detail);
    return { kind: "rejected", detail };
  }
  const server = await serverOf(deps, credential, deadlineMs);
  const { clientId, clientSecret, resource } = credential;
  const outcome = await requestTokens(deps.oauth, {
    server,
    clientId,
    clientSecret,
    resource,
    grant,
    deadlineMs,
  });
  if (outcome.kind === "refused") {
    await reject(deps, owner, outcome.detail);
    return { kind: "rejected", detail: outcome.detail };
  }
  const { tokens } = outcome;
  const refreshToken = tokens.refreshToken ?? held.refreshToken;
  const isKept = await withTenant(owner.scope, deps.pool, (tx) =>
    keepTokens(deps, tx, owner, { ...tokens, refreshToken }),
  );
  if (!isKept) {
    throw new AppError({
      code: "not_found",
      internal: "the credential was replaced while its token was renewed",
      public: "There is no such credential any more.",
    });
  }
  return { kind: "token", value: tokens.accessToken };
}

/** Null: nothing left to ask with. */
function grantOf(credential: OauthCredential, refreshToken: string | null): Grant | null {
  switch (credential.kind) {
    case "client_credentials":
      return { kind: "client-credentials", scope: credential.scope };
    case "connect":
      return refreshToken === null ? null : { kind: "refresh", refreshToken };
  }
}

/** The pinned issuer's metadata, read anew at each renewal; or the token URL that the owner entered. */
async function serverOf(
  deps: Pick<AccessDeps, "oauth">,
  { issuer, tokenUrl }: OauthCredential,
  deadlineMs: number,
) {
  if (tokenUrl !== null) {
    return { issuer: new URL(tokenUrl).origin, token_endpoint: tokenUrl };
  }
  invariant(issuer !== null, "an OAuth credential has an issuer or a token URL");
  try {
    return await readAuthorizationServer({ http: deps.oauth, deadlineMs }, issuer);
  } catch (err) {
    throw toUpstream(err);
  }
}

/** Encrypts and stores what an authorization server gave, inside the caller's transaction; false when its credential is gone. */
export async function keepTokens(
  deps: Pick<AccessDeps, "vault" | "clock">,
  tx: Tx,
  { scope, endpointId, version }: Omit<TokenOwner, "credential">,
  tokens: Tokens,
): Promise<boolean> {
  const nowMs = deps.clock.nowMs();
  const seal = (text: string, purpose: "access-token" | "refresh-token") =>
    deps.vault.seal(scope, tx, { plaintext: Buffer.from(text), binding: { endpointId, version, purpose } });
  const access = await seal(tokens.accessToken, "access-token");
  const refresh = tokens.refreshToken === null ? null : await seal(tokens.refreshToken, "refresh-token");
  invariant(
    refresh === null || refresh.dataKeyVersion === access.dataKeyVersion,
    "one row is encrypted under one data key",
  );
  return saveOauthToken(scope, tx, {
    endpointId,
    credentialVersion: version,
    dataKeyVersion: access.dataKeyVersion,
    accessSealed: access.sealed,
    accessExpiresAt: new Date(nowMs + (tokens.expiresInMs ?? LIFE_MS_UNTOLD)),
    obtainedAt: new Date(nowMs),
    refreshSealed: refresh?.sealed ?? null,
    rejectedAt: null,
    rejectedDetail: null,
  });
}

/** Notes the refusal beside what is held: the owner sees it, and the server is left in peace for a while. */
async function reject(deps: AccessDeps, owner: TokenOwner, detail: string): Promise<void> {
  const { scope, endpointId, version } = owner;
  deps.log.info({ endpointId, detail }, "the authorization server refused a credential");
  await withTenant(scope, deps.pool, async (tx) => {
    await noteOauthRejection(scope, tx, {
      endpointId,
      credentialVersion: version,
      dataKeyVersion: await deps.vault.newestVersion(scope, tx),
      atMs: deps.clock.nowMs(),
      detail: detail.slice(0, REJECTION_LENGTH_MAX),
    });
  });
}
