/** Asks an authorization server for tokens: OAuth 2.1 with oauth4webapi over our own guarded requests. */
import { AppError } from "@alivemcp/core/app-error";
import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type CustomFetchOptions,
  clientCredentialsGrantRequest,
  customFetch,
  None,
  processAuthorizationCodeResponse,
  processClientCredentialsResponse,
  processRefreshTokenResponse,
  ResponseBodyError,
  refreshTokenGrantRequest,
  type TokenEndpointResponse,
  WWWAuthenticateChallengeError,
} from "oauth4webapi";
import type { OauthHttp } from "./oauth-http.ts";

export type Grant =
  | { readonly kind: "client-credentials"; readonly scope: string | null }
  | { readonly kind: "refresh"; readonly refreshToken: string }
  | {
      readonly kind: "code";
      /** As `validateAuthResponse` gave them. */
      readonly parameters: URLSearchParams;
      readonly redirectUri: string;
      readonly codeVerifier: string;
    };

export interface Tokens {
  readonly accessToken: string;
  /** Null: the authorization server did not say. */
  readonly expiresInMs: number | null;
  /** Null: none came with this answer; the one before stays good. */
  readonly refreshToken: string | null;
}

/** A refusal is an answer: the owner has to do something. */
export type GrantOutcome =
  | { readonly kind: "granted"; readonly tokens: Tokens }
  | { readonly kind: "refused"; readonly detail: string };

export interface GrantRequest {
  readonly server: AuthorizationServer;
  readonly clientId: string;
  readonly clientSecret: string | null;
  /** RFC 8707. */
  readonly resource: string;
  readonly grant: Grant;
  /** `performance.now()` */
  readonly deadlineMs: number;
}

/** Error codes that say nothing about us: asking later may help. */
const PASSING: ReadonlySet<string> = new Set(["server_error", "temporarily_unavailable", "slow_down"]);
/** RFC 6749, appendix A.7; only what looks like an error code is shown to anybody. */
const ERROR_CODE = /^[a-z_]{1,60}$/;

/** Throws `upstream` when the authorization server does not answer, or not as one. */
export async function requestTokens(http: OauthHttp, request: GrantRequest): Promise<GrantOutcome> {
  try {
    return { kind: "granted", tokens: tokensOf(await ask(http, request)) };
  } catch (err) {
    const detail = refusalIn(err);
    if (detail !== null) {
      return { kind: "refused", detail };
    }
    throw toUpstream(err);
  }
}

function ask(http: OauthHttp, request: GrantRequest): Promise<TokenEndpointResponse> {
  const { server, clientId, clientSecret, grant, resource } = request;
  const client: Client = { client_id: clientId };
  const auth = clientAuthOf(server, clientSecret);
  const options = {
    ...overHttp(http, { isRepeatable: grant.kind === "client-credentials", deadlineMs: request.deadlineMs }),
    additionalParameters: { resource },
  };
  switch (grant.kind) {
    case "client-credentials": {
      const parameters = { resource, ...(grant.scope !== null && { scope: grant.scope }) };
      return clientCredentialsGrantRequest(server, client, auth, parameters, options).then((response) =>
        processClientCredentialsResponse(server, client, response),
      );
    }
    case "refresh":
      return refreshTokenGrantRequest(server, client, auth, grant.refreshToken, options).then((response) =>
        processRefreshTokenResponse(server, client, response),
      );
    case "code": {
      const { parameters, redirectUri, codeVerifier } = grant;
      return authorizationCodeGrantRequest(
        server,
        client,
        auth,
        parameters,
        redirectUri,
        codeVerifier,
        options,
      ).then((response) => processAuthorizationCodeResponse(server, client, response));
    }
  }
}

/** Makes oauth4webapi send through us. Whether plain http is allowed is the guard's rule, which knows the address. */
export function overHttp(
  http: OauthHttp,
  rules: { readonly isRepeatable: boolean; readonly deadlineMs: number },
) {
  return {
    [allowInsecureRequests]: true,
    [customFetch]: (
      url: string,
      { method, headers, body }: CustomFetchOptions<"GET" | "POST", URLSearchParams | string | undefined>,
    ) =>
      http.send({
        url: new URL(url),
        method,
        headers: Object.entries(headers).flat(),
        body: body === undefined ? null : Buffer.from(body.toString()),
        ...rules,
      }),
  };
}

/** How we prove who we are: what the server's metadata allows, the basic scheme where it says nothing (RFC 8414). */
function clientAuthOf(server: AuthorizationServer, clientSecret: string | null): ClientAuth {
  if (clientSecret === null) {
    return None();
  }
  const methods = server.token_endpoint_auth_methods_supported;
  const isBasic = !Array.isArray(methods) || methods.includes("client_secret_basic");
  return isBasic ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret);
}

function tokensOf(response: TokenEndpointResponse): Tokens {
  const { access_token: accessToken, expires_in: expiresInS, refresh_token: refreshToken } = response;
  if (response.token_type !== "bearer") {
    throw new Error("the authorization server gave a token that is no bearer token");
  }
  return {
    accessToken,
    expiresInMs: expiresInS === undefined ? null : Math.floor(expiresInS * 1_000),
    refreshToken: refreshToken ?? null,
  };
}

/** Why the server refuses us, in words of ours; null when the error is no refusal. */
function refusalIn(err: unknown): string | null {
  if (err instanceof ResponseBodyError && !PASSING.has(err.error)) {
    return `the authorization server answered ${ERROR_CODE.test(err.error) ? err.error : "with an error"}`;
  }
  return err instanceof WWWAuthenticateChallengeError && err.status === 401
    ? "the authorization server did not accept the client id and secret"
    : null;
}

/** Errors of the library may quote the answer, tokens included, so only their code goes on. */
export function toUpstream(err: unknown): AppError {
  if (err instanceof AppError && err.code === "upstream") {
    return err;
  }
  const { code } = err as { readonly code?: unknown };
  return new AppError({
    code: "upstream",
    internal:
      err instanceof AppError ? err.message : `authorization server: ${String(code ?? "unusable answer")}`,
    public: "The authorization server of this endpoint did not answer as one should.",
  });
}
