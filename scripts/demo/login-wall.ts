/**
 * Demo endpoint behind a login: every request is refused with a challenge that names where to log in (RFC 9728), and
 * the metadata it names is there (RFC 9728 and RFC 8414). Nobody can log in; that is not what it shows.
 */
import type { RequestListener } from "node:http";
import { exitOnSignal, listenAddress, serve } from "./serve-mcp.ts";

const address = listenAddress();
const origin = `http://${address.host}:${address.port}`;
const METADATA: Readonly<Record<string, object>> = {
  "/.well-known/oauth-protected-resource/mcp": {
    resource: `${origin}/mcp`,
    resource_name: "Login wall",
    authorization_servers: [origin],
    bearer_methods_supported: ["header"],
    scopes_supported: ["notes:read"],
  },
  "/.well-known/oauth-authorization-server": {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    response_types_supported: ["code"],
    grant_types_supported: ["authorization_code", "client_credentials"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["client_secret_basic"],
    scopes_supported: ["notes:read"],
  },
};
const CHALLENGE = `Bearer realm="notes", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp", scope="notes:read"`;

const listener: RequestListener = (request, response) => {
  const metadata = METADATA[request.url?.split("?")[0] ?? ""];
  const [status, body] = metadata ? [200, metadata] : [401, { error: "invalid_token" }];
  request.resume();
  response
    .writeHead(status, {
      "content-type": "application/json",
      ...(status === 401 ? { "www-authenticate": CHALLENGE } : {}),
    })
    .end(JSON.stringify(body));
};

exitOnSignal();
serve(listener, address);
