/**
 * Finds the authorization server that an endpoint names as its own (MCP Authorization: RFC 9728, then RFC 8414 or
 * OpenID Connect Discovery; before 2025-06-18 the endpoint's own origin) and reads its metadata.
 */
import { AppError } from "@alivemcp/core/app-error";
import { parseChallenges } from "@alivemcp/core/www-authenticate";
import {
  authorizationServerMetadataUrls,
  isResourceOf,
  isSameIssuer,
  resourceMetadataUrls,
} from "@alivemcp/probe/auth-metadata";
import { mcpMessages } from "@alivemcp/probe/mcp-messages";
import type { AuthorizationServer } from "oauth4webapi";
import type { OauthHttp } from "./oauth-http.ts";

/** What an endpoint says about where to log in. */
export interface Discovery {
  /** Pinned with the credential: tokens are never asked of another one. */
  readonly issuer: string;
  /** What tokens are for (RFC 8707), as the endpoint's metadata calls it. */
  readonly resource: string;
  /** Scopes that the challenge asks for, else those that the metadata lists; null: none are named. */
  readonly scope: string | null;
}

interface Search {
  readonly http: OauthHttp;
  /** `performance.now()` */
  readonly deadlineMs: number;
}
type Metadata = Readonly<Record<string, unknown>>;
/** Bound of the scopes taken over from metadata. */
const SCOPES_MAX = 50;

/** Throws `invalid`, with what is missing, when the endpoint names no authorization server; `upstream` when it does not answer. */
export async function discoverIssuer(search: Search, endpointUrl: string): Promise<Discovery> {
  const endpoint = new URL(endpointUrl);
  const challenge = await readChallenge(search, endpoint);
  const places = challenge.metadataUrl === null ? resourceMetadataUrls(endpoint) : [challenge.metadataUrl];
  const found = await findFirst(search, places, (metadata) => issuerIn(metadata) !== null);
  if (found !== null) {
    return judged(endpoint, found, challenge.scope);
  }
  if (challenge.metadataUrl === null && (await findMetadata(search, endpoint.origin)) !== null) {
    return { issuer: endpoint.origin, resource: resourceOf(endpoint), scope: challenge.scope };
  }
  throw undiscoverable(
    "the endpoint names no authorization server",
    "This endpoint does not say where its authorization server is (no protected-resource metadata, RFC 9728).",
  );
}

/** The metadata of a pinned issuer. Throws `upstream` when it cannot be read now, `invalid` when it is not usable. */
export async function readAuthorizationServer(search: Search, issuer: string): Promise<AuthorizationServer> {
  const metadata = await findMetadata(search, issuer);
  if (metadata === null) {
    throw undiscoverable(
      "no usable authorization-server metadata",
      "The authorization server of this endpoint publishes no usable metadata (RFC 8414).",
    );
  }
  return metadata;
}

/** The endpoint's URL as a resource indicator: without a fragment (RFC 8707, section 2). */
export function resourceOf(endpoint: URL): string {
  const resource = new URL(endpoint);
  resource.hash = "";
  return resource.href;
}

function judged(endpoint: URL, metadata: Metadata, challenged: string | null): Discovery {
  const { resource, scopes_supported: scopes } = metadata;
  const issuer = issuerIn(metadata);
  if (issuer === null || typeof resource !== "string" || !isResourceOf(endpoint, resource)) {
    throw undiscoverable(
      "the metadata is of another resource",
      "The metadata that this endpoint points to is of another resource: its tokens would not be meant for this endpoint.",
    );
  }
  const listed = Array.isArray(scopes) ? scopes.filter((one): one is string => typeof one === "string") : [];
  return { issuer, resource, scope: challenged ?? (listed.slice(0, SCOPES_MAX).join(" ") || null) };
}

function issuerIn({ authorization_servers: servers }: Metadata): string | null {
  const issuer: unknown = Array.isArray(servers) ? servers[0] : undefined;
  return typeof issuer === "string" && URL.canParse(issuer) ? issuer : null;
}

async function findMetadata(search: Search, issuer: string): Promise<AuthorizationServer | null> {
  const places = authorizationServerMetadataUrls(new URL(issuer));
  const metadata = await findFirst(search, places, ({ issuer: named }) => named !== undefined);
  const { issuer: named, token_endpoint: token } = metadata ?? {};
  const isUsable = isSameIssuer(named, issuer) && typeof token === "string" && URL.canParse(token);
  return isUsable ? (metadata as unknown as AuthorizationServer) : null;
}

/** Asks as a stranger: what the 401 says about where to log in. */
async function readChallenge(
  { http, deadlineMs }: Search,
  endpoint: URL,
): Promise<{ readonly metadataUrl: URL | null; readonly scope: string | null }> {
  const reply = await http.send({
    url: endpoint,
    method: "POST",
    headers: ["content-type", "application/json", "accept", "application/json, text/event-stream"],
    body: mcpMessages(http.userAgent).initialize.body,
    isRepeatable: true,
    deadlineMs,
    isPlainAllowed: true,
  });
  const value = reply.headers.get("www-authenticate");
  const { challenges } = parseChallenges(value === null ? [] : [value]);
  const params = challenges.find(({ scheme }) => scheme === "bearer")?.params ?? {};
  const { resource_metadata: advertised, scope } = params;
  return {
    metadataUrl: advertised !== undefined && URL.canParse(advertised) ? new URL(advertised) : null,
    scope: scope || null,
  };
}

/**
 * The first of the places that holds a fitting JSON object; null when none does. A place that does not answer is passed
 * over, but when nothing is found then, that is why: throws `upstream`.
 */
async function findFirst(
  search: Search,
  places: readonly URL[],
  isFitting: (metadata: Metadata) => boolean,
): Promise<Metadata | null> {
  let silence: unknown = null;
  for (const place of places) {
    try {
      const metadata = await fetchObject(search, place);
      if (metadata !== null && isFitting(metadata)) {
        return metadata;
      }
    } catch (err) {
      silence = err;
    }
  }
  if (silence !== null) {
    throw silence;
  }
  return null;
}

async function fetchObject({ http, deadlineMs }: Search, url: URL): Promise<Metadata | null> {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return null;
  }
  const headers = ["accept", "application/json"];
  const reply = await http.send({ url, method: "GET", headers, body: null, isRepeatable: true, deadlineMs });
  const value: unknown = reply.status === 200 ? await reply.json().catch(() => null) : null;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Metadata) : null;
}

const undiscoverable = (internal: string, sentence: string) =>
  new AppError({ code: "invalid", internal, public: sentence, field: "endpoint" });
