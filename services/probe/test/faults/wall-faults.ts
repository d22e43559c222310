/** Log-in walls: what can be said of them from outside. */
import { expect } from "vitest";
import { type Answer, sendError, sendJson } from "../servers/stub.ts";
import { type Aftermath, always, answering, type Fault, type Judged } from "./fault.ts";

const PRM = "/.well-known/oauth-protected-resource/mcp";
const AS = "/.well-known/oauth-authorization-server";
const RESOURCE = { resource: "{origin}/mcp", authorization_servers: ["{origin}"] };
const SERVER = {
  issuer: "{origin}",
  authorization_endpoint: "{origin}/authorize",
  token_endpoint: "{origin}/token",
  code_challenge_methods_supported: ["S256"],
};
const NAMED = `Bearer error="invalid_token", resource_metadata="{origin}${PRM}"`;
const page =
  (status: number, type: string, text: string): Answer =>
  (_asked, response) =>
    void response.writeHead(status, { "content-type": type }).end(text);

interface Wall {
  readonly challenge?: string | readonly string[];
  readonly header?: string;
  readonly status?: number;
  readonly text?: string;
  /** By path: an object served as JSON, or an answer. */
  readonly documents?: Readonly<Record<string, object | Answer>>;
}

/** A wall in front of everything; `{origin}` anywhere in it is where it listens. */
const wall = ({ challenge, header = "www-authenticate", status = 401, text = "no", documents = {} }: Wall) =>
  answering((origin) => (asked, response) => {
    const fill = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll("{origin}", origin()));
    const document = documents[asked.path];
    if (asked.path === "/mcp") {
      response.writeHead(status, challenge === undefined ? {} : { [header]: fill(challenge) }).end(text);
    } else if (typeof document === "function") {
      (document as Answer)(asked, response);
    } else if (document === undefined) {
      response.writeHead(404).end("not here");
    } else {
      sendJson(response, 200, fill(document));
    }
  });

const walled = (name: string, how: Wall, judged: Judged, also?: Aftermath): Fault => ({
  name,
  open: wall(how),
  judged,
  ...(also === undefined ? {} : { also }),
});
const sound = { [PRM]: RESOURCE, [AS]: SERVER };
const broken = (name: string, documents: NonNullable<Wall["documents"]>, detail: string) =>
  walled(
    `401 that names ${name}`,
    { challenge: NAMED, documents },
    `auth_walled auth_challenge_malformed auth ${detail}`,
  );

const SOUND: readonly Fault[] = [
  walled(
    "401 that leads a newcomer all the way",
    { challenge: NAMED, documents: sound },
    "auth_walled auth_required auth auth_discoverable",
  ),
  walled(
    "401 that names nothing, with metadata in its place",
    { challenge: "Bearer", documents: sound },
    "auth_walled auth_required auth auth_discoverable",
  ),
  walled(
    "401 with an authorization server of its own origin only",
    { challenge: "Bearer", documents: { [AS]: SERVER } },
    "auth_walled auth_required auth auth_legacy_discovery",
  ),
  walled("401 and nothing else", {}, "auth_walled auth_required auth auth_undiscoverable", ({ lints }) =>
    expect(lints.join()).toContain("bare_401"),
  ),
  walled(
    "401 with a scheme of its own",
    { challenge: 'ApiKey realm="x"' },
    "auth_walled auth_required auth auth_undiscoverable",
  ),
  walled(
    "401 with its header renamed by a gateway",
    { challenge: NAMED, header: "x-amzn-remapped-www-authenticate", documents: sound },
    "auth_walled auth_required auth auth_discoverable",
  ),
  walled(
    "401 with Bearer as the second of two challenges",
    { challenge: `Basic realm="a, b", ${NAMED}`, documents: sound },
    "auth_walled auth_required auth auth_discoverable",
  ),
  walled(
    "401 with Bearer in the second of two headers",
    { challenge: ['Basic realm="x"', NAMED], documents: sound },
    "auth_walled auth_required auth auth_discoverable",
  ),
  walled(
    "403 for want of a scope, to nobody",
    { challenge: 'Bearer error="insufficient_scope", scope="mcp"', status: 403 },
    "auth_walled auth_required auth auth_insufficient_scope",
    ({ lints }) => expect(lints.join()).toContain("wall_status"),
  ),
  walled("403 without a challenge", { status: 403 }, "degraded access_blocked http http_403"),
  walled(
    "403 of a bot wall",
    { status: 403, challenge: "challenge", header: "cf-mitigated", text: "<html>Just a moment" },
    "degraded access_blocked http http_403",
  ),
  {
    name: "200 and an error that says to log in",
    open: always((asked, response) => sendError(response, asked, 200, -32001, "Authentication required")),
    judged: "auth_walled auth_required auth auth_nonstandard",
  },
];

const UNSOUND: readonly Fault[] = [
  walled(
    "401 nobody can read",
    { challenge: 'resource_metadata="x' },
    "auth_walled auth_challenge_malformed auth challenge_unparseable",
  ),
  walled(
    "401 of 20 KB of commas",
    { challenge: ",".repeat(20_000) },
    "auth_walled auth_challenge_malformed auth challenge_unparseable",
  ),
  walled(
    "401 that names no URL",
    { challenge: 'Bearer resource_metadata="//["' },
    "auth_walled auth_challenge_malformed auth auth_metadata_url_invalid",
  ),
  broken("metadata that is missing", {}, "auth_metadata_broken"),
  broken("metadata that fails", { [PRM]: page(503, "text/plain", "down") }, "auth_metadata_unreachable"),
  broken("metadata that is a web page", { [PRM]: page(200, "text/html", "<html>") }, "auth_metadata_broken"),
  broken("metadata that hangs", { [PRM]: () => {} }, "auth_metadata_unreachable"),
  broken(
    "metadata of 100 KB",
    { [PRM]: { ...RESOURCE, padding: "x".repeat(100_000) } },
    "auth_metadata_unreachable",
  ),
  broken(
    "metadata without an authorization server",
    { [PRM]: { resource: "{origin}/mcp", authorization_servers: [] } },
    "auth_metadata_broken",
  ),
  broken(
    "metadata of another resource",
    { [PRM]: { ...RESOURCE, resource: "https://other.example/" } },
    "auth_metadata_wrong_resource",
  ),
  broken("an authorization server that is missing", { [PRM]: RESOURCE }, "auth_server_metadata_broken"),
  broken(
    "an authorization server that fails",
    { [PRM]: RESOURCE, [AS]: page(500, "text/plain", "no") },
    "auth_server_metadata_broken",
  ),
  broken(
    "an authorization server that is a web page",
    { [PRM]: RESOURCE, [AS]: page(200, "text/html", "<p>") },
    "auth_server_metadata_broken",
  ),
  broken(
    "an authorization server of another issuer",
    { [PRM]: RESOURCE, [AS]: { ...SERVER, issuer: "https://evil.example" } },
    "auth_server_wrong_issuer",
  ),
  broken(
    "an authorization server without S256",
    { [PRM]: RESOURCE, [AS]: { ...SERVER, code_challenge_methods_supported: ["plain"] } },
    "auth_server_metadata_broken",
  ),
  broken(
    "a private authorization server",
    { [PRM]: { ...RESOURCE, authorization_servers: ["https://10.0.0.1/"] } },
    "auth_server_metadata_broken",
  ),
  walled(
    "401 that names metadata of the cloud",
    { challenge: 'Bearer resource_metadata="http://169.254.169.254/x"' },
    "auth_walled auth_challenge_malformed auth auth_metadata_unreachable",
  ),
  walled(
    "401 that names a file",
    { challenge: 'Bearer resource_metadata="file:///etc/passwd"' },
    "auth_walled auth_challenge_malformed auth auth_metadata_unreachable",
  ),
  broken(
    "metadata that redirects for ever",
    { [PRM]: (_asked, response) => void response.writeHead(302, { location: PRM }).end() },
    "auth_metadata_unreachable",
  ),
];

export const WALL_FAULTS = { sound: SOUND, unsound: UNSOUND };
