/** Where the documents of OAuth metadata are and when they fit (RFC 8414, RFC 9728, OpenID Connect Discovery). */

/** Where an endpoint publishes its protected-resource metadata when its challenge does not say: at its path, then at the root (RFC 9728, section 3.1). */
export function resourceMetadataUrls(endpoint: URL): readonly URL[] {
  const path = endpoint.pathname.replace(/\/$/, "");
  const suffixes = path === "" ? [""] : [path, ""];
  return suffixes.map((suffix) => new URL(`/.well-known/oauth-protected-resource${suffix}`, endpoint));
}

/** Where an authorization server publishes its metadata, in the order of the MCP specification. */
export function authorizationServerMetadataUrls(issuer: URL): readonly URL[] {
  const path = issuer.pathname.replace(/\/$/, "");
  const places =
    path === ""
      ? ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]
      : [
          `/.well-known/oauth-authorization-server${path}`,
          `/.well-known/openid-configuration${path}`,
          `${path}/.well-known/openid-configuration`,
        ];
  return places.map((place) => new URL(place, issuer));
}

/** The resource names the endpoint itself or a path above it, on its origin (RFC 9728, section 3.3; RFC 8707). */
export function isResourceOf(endpoint: URL, resource: string): boolean {
  if (!URL.canParse(resource)) {
    return false;
  }
  const claimed = new URL(resource);
  const above = claimed.pathname.endsWith("/") ? claimed.pathname : `${claimed.pathname}/`;
  return claimed.origin === endpoint.origin && `${endpoint.pathname}/`.startsWith(above);
}

/** Compared byte for byte (RFC 8414, section 3.3), but for a final slash, which popular frameworks add on one side only. */
export function isSameIssuer(found: unknown, expected: string): boolean {
  return typeof found === "string" && found.replace(/\/$/, "") === expected.replace(/\/$/, "");
}
