import type { Caller } from "@alivemcp/actions/caller";
import { AppError } from "@alivemcp/core/app-error";
import type { ConnectInput } from "@alivemcp/core/credential-input";
import {
  type AuthorizationServer,
  calculatePKCECodeChallenge,
  dynamicClientRegistrationRequest,
  generateRandomCodeVerifier,
  generateRandomState,
  processDynamicClientRegistrationResponse,
} from "oauth4webapi";
import { findTarget } from "../credentials/find-target.ts";
import type { Deps } from "../deps.ts";
import { discoverIssuer, readAuthorizationServer } from "./authorization-server.ts";
import { type Connector, keepAttempt } from "./connect-state.ts";
import { overHttp, toUpstream } from "./token-endpoint.ts";

/** A person waits for this. */
const START_MS = 15_000;

type StartDeps = Pick<Deps, "config" | "pool" | "redis" | "vault" | "oauth">;

/** Where the authorization server sends people back to: a route of the dashboard. */
export const redirectUriOf = ({ config }: Pick<Deps, "config">) =>
  `${config.APP_URL.replace(/\/+$/, "")}/oauth/callback`;

/**
 * Begins Connect: finds the endpoint's own authorization server, registers us there when it lets us and no client id was
 * entered, and answers where to send the person. Nothing is stored but the attempt, which ends after ten minutes. Throws
 * `invalid` with what is missing, `not_found`, `forbidden`, `upstream`.
 */
export async function startConnect(
  deps: StartDeps,
  caller: Caller,
  input: { readonly endpoint: string; readonly connector: Connector; readonly connect: ConnectInput },
): Promise<{ readonly authorizationUrl: string }> {
  const target = await findTarget(deps, caller, input.endpoint);
  const search = { http: deps.oauth, deadlineMs: performance.now() + START_MS };
  const discovery = await discoverIssuer(search, target.url);
  const server = await readAuthorizationServer(search, discovery.issuer);
  const authorize = authorizationEndpointOf(server);
  const scope = scopeFor(server, input.connect.scope, discovery.scope);
  const client = await clientFor(deps, server, { ...input.connect, scope, deadlineMs: search.deadlineMs });
  const state = generateRandomState();
  const codeVerifier = generateRandomCodeVerifier();
  const attempt = {
    endpointId: target.id,
    endpointUrl: target.url,
    issuer: server.issuer,
    ...client,
    scope,
    resource: discovery.resource,
    codeVerifier,
  };
  await keepAttempt(deps, { scope: caller.scope, connector: input.connector }, { state, attempt });
  for (const [name, value] of Object.entries({
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: redirectUriOf(deps),
    state,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: "S256",
    resource: discovery.resource,
    ...(scope !== null && { scope }),
  })) {
    authorize.searchParams.set(name, value);
  }
  return { authorizationUrl: authorize.href };
}

/** Where a browser is sent. PKCE with S256 is demanded, and https wherever the authorization server itself is https. */
function authorizationEndpointOf(server: AuthorizationServer): URL {
  const { authorization_endpoint: text, code_challenge_methods_supported: methods } = server;
  if (text === undefined || !URL.canParse(text)) {
    throw unusable(
      "no authorization endpoint",
      "The authorization server of this endpoint has no log-in page.",
    );
  }
  if (!methods?.includes("S256")) {
    throw unusable(
      "no S256",
      "The authorization server of this endpoint does not offer PKCE with S256, without which codes can be stolen.",
    );
  }
  const url = new URL(text);
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && server.issuer.startsWith("http:"));
  if (!isSafe || url.username !== "" || url.password !== "") {
    throw unusable(
      "unsafe authorization endpoint",
      "The log-in page of the authorization server is not https.",
    );
  }
  return url;
}

/** What was entered, else what the endpoint asks for; with `offline_access` where that is how a refresh token is got. */
function scopeFor(server: AuthorizationServer, entered: string | null, found: string | null): string | null {
  const wanted = entered ?? found;
  const isOffline = entered === null && server.scopes_supported?.includes("offline_access") === true;
  const words = new Set([...(wanted?.split(" ") ?? []), ...(isOffline ? ["offline_access"] : [])]);
  return words.size === 0 ? null : [...words].join(" ");
}

async function clientFor(
  deps: StartDeps,
  server: AuthorizationServer,
  input: ConnectInput & { readonly deadlineMs: number },
): Promise<{ readonly clientId: string; readonly clientSecret: string | null }> {
  const { clientId, clientSecret, scope, deadlineMs } = input;
  if (clientId !== null) {
    return { clientId, clientSecret };
  }
  if (server.registration_endpoint === undefined) {
    throw new AppError({
      code: "invalid",
      internal: "no dynamic client registration",
      public: `The authorization server does not let us register ourselves. Register AliveMCP there with the redirect URI ${redirectUriOf(deps)} and enter the client id.`,
      field: "client_id",
    });
  }
  try {
    const wish = {
      client_name: "AliveMCP",
      client_uri: deps.config.APP_URL,
      redirect_uris: [redirectUriOf(deps)],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: authMethodOf(server),
      ...(scope !== null && { scope }),
    };
    const response = await dynamicClientRegistrationRequest(
      server,
      wish,
      overHttp(deps.oauth, { isRepeatable: false, deadlineMs }),
    );
    const registered = await processDynamicClientRegistrationResponse(response);
    const secret = registered.client_secret;
    return { clientId: registered.client_id, clientSecret: typeof secret === "string" ? secret : null };
  } catch (err) {
    throw toUpstream(err);
  }
}

/** A public client where that is offered: PKCE proves who began, and there is one secret less to keep. */
function authMethodOf({ token_endpoint_auth_methods_supported: methods }: AuthorizationServer): string {
  const wanted = ["none", "client_secret_basic", "client_secret_post"];
  return wanted.find((method) => methods?.includes(method)) ?? "client_secret_basic";
}

const unusable = (internal: string, sentence: string) =>
  new AppError({ code: "invalid", internal, public: sentence, field: "endpoint" });
