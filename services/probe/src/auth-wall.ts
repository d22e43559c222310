/**
 * What can be said about a log-in wall from outside: is the challenge readable, and do the documents it points to let
 * anybody new sign in (RFC 9728, RFC 8414; MCP Authorization). Nothing secret is ever sent here.
 */
import type { JsonObject } from "@alivemcp/core/json-schema-keywords";
import { parseChallenges } from "@alivemcp/core/www-authenticate";
import {
  authorizationServerMetadataUrls,
  isResourceOf,
  isSameIssuer,
  resourceMetadataUrls,
} from "./auth-metadata.ts";
import { closeScope, type ExchangeScope, openScope, type ReplyHead } from "./exchange-scope.ts";
import { type Document, fetchDocument } from "./fetch-document.ts";
import type { WallOutcome } from "./metadata-cache.ts";
import { leftMs, noteStep, type ProbeRun } from "./probe-run.ts";

type Broken = Extract<WallOutcome, { kind: "wall-malformed" }>["detail"];

/** Documents fetched for one wall, and the time for all of them together. */
const DOCUMENTS_MAX = 5;
const METADATA_BUDGET_MS = 8_000;

/** All values of the challenge header; API Gateway renames it. */
export function challengeValues(head: ReplyHead): string[] {
  return ["www-authenticate", "x-amzn-remapped-www-authenticate"].flatMap((name) => head.headers[name] ?? []);
}

export interface ChallengeReading {
  /** `foreign`: readable, of a scheme that is not Bearer. */
  readonly kind: "bearer" | "foreign" | "missing" | "unreadable";
  readonly schemes: readonly string[];
  /** The metadata URL it names, as it is written there. */
  readonly advertised: string | undefined;
}

/** What a refusal says about how to log in. A fault beside a Bearer challenge that names its metadata is forgiven. */
export function readChallenge(head: ReplyHead): ChallengeReading {
  const values = challengeValues(head);
  const { challenges, isMalformed } = parseChallenges(values);
  const schemes = challenges.map(({ scheme }) => scheme);
  const advertised = challenges.find(({ scheme }) => scheme === "bearer")?.params.resource_metadata;
  if (values.length === 0) {
    return { kind: "missing", schemes, advertised };
  }
  if ((isMalformed || schemes.length === 0) && advertised === undefined) {
    return { kind: "unreadable", schemes, advertised };
  }
  return { kind: schemes.includes("bearer") ? "bearer" : "foreign", schemes, advertised };
}

/** Judges the wall behind a 401 (or a 403 with a challenge). Metadata is remembered: see metadata-cache.ts. */
export async function lookAtWall(run: ProbeRun, head: ReplyHead): Promise<WallOutcome> {
  const { kind, advertised } = readChallenge(head);
  if (kind === "unreadable") {
    return malformed("challenge_unparseable");
  }
  if (kind === "foreign") {
    // A scheme of their own: allowed, and nothing of it can be looked up.
    return { kind: "walled", detail: "auth_undiscoverable" };
  }
  if (kind === "missing") {
    run.lints.add(`bare_${head.status}: the ${head.status} carries no WWW-Authenticate header`);
  }
  const { metadataCache, clock } = run.deps;
  const key = `${run.url.origin}${run.url.pathname} ${advertised ?? ""}`;
  const known = metadataCache.get(key, clock.nowMs());
  if (known !== undefined) {
    noteStep(run, "auth_metadata", null, known.kind === "walled", known.detail);
    return known;
  }
  const startedMs = performance.now();
  const wall = await discover(run, advertised);
  if (run.scope.cancelled !== null) {
    return { kind: "walled", detail: "auth_metadata_unchecked" };
  }
  noteStep(run, "auth_metadata", performance.now() - startedMs, wall.kind === "walled", wall.detail);
  metadataCache.set(key, wall, clock.nowMs());
  return wall;
}

interface Search {
  readonly scope: ExchangeScope;
  readonly userAgent: string;
  readonly deadlineMs: number;
  documents: number;
}

async function discover(run: ProbeRun, advertised: string | undefined): Promise<WallOutcome> {
  const scope = openScope(run.deps, {
    addressOffset: 0,
    isHttpsDemanded: true,
    onDialled: null,
    onHead: null,
  });
  const search: Search = {
    scope,
    userAgent: run.deps.userAgent,
    deadlineMs: performance.now() + Math.min(METADATA_BUDGET_MS, leftMs(run)),
    documents: 0,
  };
  const cancel = () => closeScope(scope);
  run.scope.inFlight.add(cancel);
  try {
    return advertised === undefined
      ? await findUnadvertised(search, run.url)
      : await follow(search, run.url, advertised);
  } finally {
    run.scope.inFlight.delete(cancel);
    closeScope(scope);
  }
}

/** The challenge names the document: then it has to be there and right. */
async function follow(search: Search, endpoint: URL, advertised: string): Promise<WallOutcome> {
  if (!URL.canParse(advertised)) {
    return malformed("auth_metadata_url_invalid");
  }
  const document = await fetchOne(search, new URL(advertised));
  if (document.kind !== "object") {
    return malformed(document.kind === "unreachable" ? "auth_metadata_unreachable" : "auth_metadata_broken");
  }
  return judgeResource(search, endpoint, document.object);
}

/** No document is named: the well-known places, newest revision first; finding nothing is no fault (API-key servers). */
async function findUnadvertised(search: Search, endpoint: URL): Promise<WallOutcome> {
  for (const url of resourceMetadataUrls(endpoint)) {
    const document = await fetchOne(search, url);
    if (document.kind === "object" && Array.isArray(document.object.authorization_servers)) {
      return judgeResource(search, endpoint, document.object);
    }
  }
  const origin = await fetchOne(search, new URL("/.well-known/oauth-authorization-server", endpoint));
  return origin.kind === "object" && authorizationServerFault(origin.object, endpoint) === null
    ? { kind: "walled", detail: "auth_legacy_discovery" }
    : { kind: "walled", detail: "auth_undiscoverable" };
}

async function judgeResource(search: Search, endpoint: URL, metadata: JsonObject): Promise<WallOutcome> {
  const { resource, authorization_servers: servers } = metadata;
  const server: unknown = Array.isArray(servers) ? servers[0] : undefined;
  if (typeof resource !== "string" || typeof server !== "string" || !URL.canParse(server)) {
    return malformed("auth_metadata_broken");
  }
  if (!isResourceOf(endpoint, resource)) {
    return malformed("auth_metadata_wrong_resource");
  }
  return judgeAuthorizationServer(search, server);
}

/** RFC 8414, section 3, then OpenID Connect Discovery, in the order of the MCP specification. */
async function judgeAuthorizationServer(search: Search, issuer: string): Promise<WallOutcome> {
  const url = new URL(issuer);
  for (const place of authorizationServerMetadataUrls(url)) {
    const document = await fetchOne(search, place);
    if (document.kind === "object") {
      const fault =
        authorizationServerFault(document.object, url) ??
        (isSameIssuer(document.object.issuer, issuer) ? null : "auth_server_wrong_issuer");
      return fault === null ? { kind: "walled", detail: "auth_discoverable" } : malformed(fault);
    }
  }
  return malformed("auth_server_metadata_broken");
}

/** What an interactive client needs: a token endpoint over https and, to send a person there, S256. */
function authorizationServerFault(metadata: JsonObject, from: URL): Broken | null {
  const { issuer, token_endpoint: token, authorization_endpoint: authorize } = metadata;
  const isSafe = (url: unknown) =>
    typeof url === "string" &&
    URL.canParse(url) &&
    (new URL(url).protocol === "https:" || from.protocol === "http:");
  const challenges = metadata.code_challenge_methods_supported;
  const isUsable =
    typeof issuer === "string" &&
    isSafe(token) &&
    (authorize === undefined ||
      (isSafe(authorize) && Array.isArray(challenges) && challenges.includes("S256")));
  return isUsable ? null : "auth_server_metadata_broken";
}

async function fetchOne(search: Search, url: URL): Promise<Document> {
  search.documents += 1;
  const isSpent = search.documents > DOCUMENTS_MAX || performance.now() > search.deadlineMs;
  return isSpent ? { kind: "unreachable" } : fetchDocument(search.scope, url, search.userAgent);
}

function malformed(detail: Broken): WallOutcome {
  return { kind: "wall-malformed", detail };
}
