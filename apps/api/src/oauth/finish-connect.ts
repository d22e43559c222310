import type { Caller } from "@alivemcp/actions/caller";
import { change } from "@alivemcp/actions/change";
import { requestProbeNow } from "@alivemcp/actions/endpoints/request-probe";
import { requirePermission } from "@alivemcp/actions/require-permission";
import { AppError } from "@alivemcp/core/app-error";
import { invariant } from "@alivemcp/core/invariant";
import { type EndpointRow, findEndpoint } from "@alivemcp/db/queries/endpoints";
import { findMemberRole } from "@alivemcp/db/queries/members";
import { type TenantScope, withTenant } from "@alivemcp/db/tenant-scope";
import { AuthorizationResponseError, type AuthorizationServer, validateAuthResponse } from "oauth4webapi";
import { keepCredential } from "../credentials/keep-credential.ts";
import type { Deps } from "../deps.ts";
import { keepTokens } from "./access-token.ts";
import { readAuthorizationServer } from "./authorization-server.ts";
import { type ConnectAttempt, type Connector, takeAttempt } from "./connect-state.ts";
import { redirectUriOf } from "./start-connect.ts";
import { requestTokens, type Tokens } from "./token-endpoint.ts";

/** A person waits for this. */
const FINISH_MS = 15_000;

type FinishDeps = Pick<
  Deps,
  "config" | "pool" | "redis" | "clock" | "log" | "vault" | "oauth" | "probeQueues" | "ticketKey"
>;

export interface ConnectCallback {
  readonly connector: Connector;
  /** Everything in the query of the redirect: `code`, `state`, `iss`, or `error`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly requestId: string | null;
  readonly address: string | null;
}

/**
 * Ends Connect: the state is used up whatever follows, the issuer is checked (RFC 9207), the code is turned into tokens,
 * and both go into the vault as the endpoint's credential. Throws `invalid` when the state is not this session's or the
 * authorization server refused, and what storing a credential may throw.
 */
export async function finishConnect(
  deps: FinishDeps,
  callback: ConnectCallback,
): Promise<{ readonly tenantId: string; readonly endpointId: string; readonly endpointSlug: string }> {
  const { connector, parameters } = callback;
  const taken = await takeAttempt(deps, { state: parameters.state ?? "", connector });
  if (taken === null) {
    throw refused(
      "state unknown, used, or of another session",
      "This log-in has ended or was begun elsewhere. Start Connect again from the endpoint's page.",
    );
  }
  const { scope, attempt } = taken;
  const caller = await callerOf(deps, scope, callback);
  const tokens = await tokensFor(deps, attempt, parameters);
  const endpoint = await keepConnected(deps, caller, attempt, tokens);
  await requestProbeNow(deps, scope, endpoint.id);
  return { tenantId: scope.tenantId, endpointId: endpoint.id, endpointSlug: endpoint.slug };
}

/** The person as they stand in the workspace now: a role may have changed while they logged in elsewhere. */
async function callerOf(
  deps: Pick<Deps, "pool">,
  scope: TenantScope,
  { connector, requestId, address }: ConnectCallback,
): Promise<Caller> {
  const { userId } = connector;
  const role = await withTenant(scope, deps.pool, (tx) => findMemberRole(scope, tx, userId));
  if (role === null) {
    throw new AppError({
      code: "not_found",
      internal: "no member any more",
      public: "There is no such workspace.",
    });
  }
  const caller: Caller = { scope, actor: { kind: "member", userId, role }, requestId, address };
  requirePermission(caller, "credential.write");
  return caller;
}

async function tokensFor(
  deps: Pick<Deps, "config" | "oauth">,
  attempt: ConnectAttempt,
  parameters: Readonly<Record<string, string>>,
): Promise<Tokens> {
  const deadlineMs = performance.now() + FINISH_MS;
  const server = await readAuthorizationServer({ http: deps.oauth, deadlineMs }, attempt.issuer);
  const outcome = await requestTokens(deps.oauth, {
    server,
    clientId: attempt.clientId,
    clientSecret: attempt.clientSecret,
    resource: attempt.resource,
    grant: {
      kind: "code",
      parameters: judgedResponse(server, attempt, parameters),
      redirectUri: redirectUriOf(deps),
      codeVerifier: attempt.codeVerifier,
    },
    deadlineMs,
  });
  if (outcome.kind === "refused") {
    throw refused(outcome.detail, `Connect did not work: ${outcome.detail}.`);
  }
  return outcome.tokens;
}

function judgedResponse(
  server: AuthorizationServer,
  { clientId }: ConnectAttempt,
  parameters: Readonly<Record<string, string>>,
): URLSearchParams {
  try {
    const { state = "" } = parameters;
    return validateAuthResponse(server, { client_id: clientId }, new URLSearchParams(parameters), state);
  } catch (err) {
    if (err instanceof AuthorizationResponseError) {
      const isDenied = err.error === "access_denied";
      throw refused(
        "authorization refused",
        isDenied
          ? "The log-in was refused or cancelled. Nothing was stored."
          : "The authorization server ended the log-in with an error. Nothing was stored.",
      );
    }
    throw refused(
      "authorization response is not the issuer's",
      "The answer does not come from the authorization server that was asked. Nothing was stored.",
    );
  }
}

/** Without a refresh token the credential ends with its only access token. */
function keepConnected(
  deps: Pick<Deps, "pool" | "vault" | "clock">,
  caller: Caller,
  attempt: ConnectAttempt,
  tokens: Tokens,
): Promise<EndpointRow> {
  const { endpointId, issuer, clientId, clientSecret, scope, resource } = attempt;
  return change(deps, caller, "credential.write", async (tx, tenant) => {
    const endpoint = await findEndpoint(caller.scope, tx, endpointId);
    if (endpoint === null || endpoint.url !== attempt.endpointUrl) {
      throw new AppError({
        code: "conflict",
        internal: "the endpoint changed during Connect",
        public: "The endpoint was changed meanwhile. Start Connect again from its page.",
      });
    }
    const endsMs =
      tokens.refreshToken === null && tokens.expiresInMs !== null
        ? deps.clock.nowMs() + tokens.expiresInMs
        : null;
    const { version, audit } = await keepCredential(
      deps,
      caller,
      { tx, tenant },
      {
        endpoint,
        stored: { kind: "connect", clientId, clientSecret, scope, issuer, tokenUrl: null, resource },
        hints: { issuer, clientId, scope },
        expiry: endsMs === null ? null : { atMs: endsMs, source: "token" },
      },
    );
    const isKept = await keepTokens(deps, tx, { scope: caller.scope, endpointId, version }, tokens);
    invariant(isKept, "a credential stored in this transaction is there");
    return { result: endpoint, audit };
  });
}

const refused = (internal: string, sentence: string) =>
  new AppError({ code: "invalid", internal, public: sentence });
