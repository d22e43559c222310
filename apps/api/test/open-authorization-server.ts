/**
 * An MCP endpoint behind OAuth with its own authorization server, on loopback, that refuses what the standards refuse:
 * RFC 6749 (grants, client authentication, single-use codes), RFC 7636 (S256 only), RFC 8707 (resource), RFC 9207
 * (`iss`), refresh token rotation with reuse detection (OAuth 2.1, section 4.3.1).
 */
import { createHash, randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { openHttpServer } from "@alivemcp/runtime/http-server";
import { createAdaptorServer } from "@hono/node-server";
import { type Context, Hono } from "hono";

export interface TestAuthorizationServer {
  readonly origin: string;
  readonly endpointUrl: string;
  /** Every token request as it arrived, oldest first. */
  readonly tokenRequests: Record<string, string>[];
  readonly registrations: Record<string, unknown>[];
  /** Access tokens that were given, newest last. */
  readonly accessTokens: string[];
  readonly refreshTokens: string[];
  /** What the tests turn. */
  readonly knobs: {
    tokenStatus: number | null;
    tokenError: string | null;
    expiresInS: number | null;
    hasRefreshToken: boolean;
    isRegistrationOpen: boolean;
    /** What stands in metadata; a wrong one has to be refused. */
    issuer: string | null;
    authorizationIssuer: string | null;
    resource: string | null;
    challengeMethods: string[];
    tokenDelayMs: number;
  };
  /** Plays the person's browser: logs in and answers the query the redirect carried. */
  logIn(authorizationUrl: string): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export const CLIENT_ID = "the-client-id";
export const CLIENT_SECRET = "the-client-secret-0123456789";

interface Code {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly resource: string;
}

interface TokenClient {
  readonly id: string;
  readonly secret: string | null;
}

/** By the basic scheme, whose parts are form-encoded (RFC 6749, section 2.3.1), or in the body. */
function clientOf(c: Context, form: Record<string, string>): TokenClient {
  const basic = /^Basic (.+)$/.exec(c.req.header("authorization") ?? "")?.[1];
  if (basic === undefined) {
    return { id: form.client_id ?? "", secret: form.client_secret ?? null };
  }
  const [id = "", secret = ""] = Buffer.from(basic, "base64").toString().split(":").map(decodeURIComponent);
  return { id, secret };
}

export async function openAuthorizationServer(): Promise<TestAuthorizationServer> {
  const clients = new Map<string, string | null>([[CLIENT_ID, CLIENT_SECRET]]);
  const codes = new Map<string, Code>();
  const validRefresh = new Set<string>();
  const usedRefresh = new Set<string>();
  const app = new Hono();
  let origin = "";
  const knobs: TestAuthorizationServer["knobs"] = {
    tokenStatus: null,
    tokenError: null,
    expiresInS: 3_600,
    hasRefreshToken: true,
    isRegistrationOpen: true,
    issuer: null,
    authorizationIssuer: null,
    resource: null,
    challengeMethods: ["S256"],
    tokenDelayMs: 0,
  };
  const tokenRequests: Record<string, string>[] = [];
  const registrations: Record<string, unknown>[] = [];
  const accessTokens: string[] = [];
  const refreshTokens: string[] = [];
  const resource = () => knobs.resource ?? `${origin}/mcp`;

  app.post("/mcp", (c) => {
    const token = c.req.header("authorization")?.replace(/^Bearer /, "");
    if (token !== undefined && accessTokens.includes(token)) {
      return c.json({ jsonrpc: "2.0", id: 1, result: {} });
    }
    c.header(
      "www-authenticate",
      `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp", scope="mcp:tools"`,
    );
    return c.body(null, 401);
  });
  app.get("/.well-known/oauth-protected-resource/mcp", (c) =>
    c.json({
      resource: resource(),
      authorization_servers: [origin],
      scopes_supported: ["mcp:tools", "mcp:admin"],
    }),
  );
  app.get("/.well-known/oauth-authorization-server", (c) =>
    c.json({
      issuer: knobs.issuer ?? origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      ...(knobs.isRegistrationOpen && { registration_endpoint: `${origin}/register` }),
      response_types_supported: ["code"],
      code_challenge_methods_supported: knobs.challengeMethods,
      token_endpoint_auth_methods_supported: ["none", "client_secret_basic"],
      authorization_response_iss_parameter_supported: true,
    }),
  );
  app.post("/register", async (c) => {
    const wish = (await c.req.json()) as Record<string, unknown>;
    registrations.push(wish);
    const id = randomUUID();
    clients.set(id, null);
    return c.json({ ...wish, client_id: id }, 201);
  });
  app.get("/authorize", (c) => {
    const asked = c.req.query();
    const isAsked =
      asked.response_type === "code" &&
      asked.code_challenge_method === "S256" &&
      asked.resource === `${origin}/mcp` &&
      clients.has(asked.client_id ?? "") &&
      (asked.state ?? "").length >= 20;
    if (!isAsked) {
      return c.text("bad request", 400);
    }
    const code = randomUUID();
    codes.set(code, {
      clientId: asked.client_id ?? "",
      redirectUri: asked.redirect_uri ?? "",
      challenge: asked.code_challenge ?? "",
      resource: asked.resource ?? "",
    });
    const back = new URL(asked.redirect_uri ?? "");
    back.searchParams.set("code", code);
    back.searchParams.set("state", asked.state ?? "");
    back.searchParams.set("iss", knobs.authorizationIssuer ?? origin);
    return c.redirect(back.href);
  });

  const give = (c: Context, withRefresh: boolean) => {
    const access = `access-${randomUUID()}`;
    accessTokens.push(access);
    const refresh = withRefresh && knobs.hasRefreshToken ? `refresh-${randomUUID()}` : null;
    if (refresh !== null) {
      refreshTokens.push(refresh);
      validRefresh.add(refresh);
    }
    return c.json({
      access_token: access,
      token_type: "Bearer",
      ...(knobs.expiresInS !== null && { expires_in: knobs.expiresInS }),
      ...(refresh !== null && { refresh_token: refresh }),
    });
  };
  const refuse = (c: Context, error: string, status: 400 | 401 = 400) => c.json({ error }, status);

  const grants: Record<string, (c: Context, form: Record<string, string>, client: TokenClient) => Response> =
    {
      client_credentials: (c, _form, client) =>
        client.secret === null ? refuse(c, "unauthorized_client") : give(c, false),
      authorization_code(c, form, client) {
        const code = codes.get(form.code ?? "");
        codes.delete(form.code ?? "");
        const verifier = createHash("sha256")
          .update(form.code_verifier ?? "")
          .digest("base64url");
        const isRight =
          code?.clientId === client.id &&
          code.redirectUri === form.redirect_uri &&
          code.challenge === verifier;
        return isRight ? give(c, true) : refuse(c, "invalid_grant");
      },
      refresh_token(c, form) {
        const token = form.refresh_token ?? "";
        if (usedRefresh.has(token)) {
          // Somebody has a copy: the whole family ends.
          validRefresh.clear();
        }
        if (!validRefresh.delete(token)) {
          return refuse(c, "invalid_grant");
        }
        usedRefresh.add(token);
        return give(c, true);
      },
    };

  app.post("/token", async (c) => {
    const form = Object.fromEntries(new URLSearchParams(await c.req.text()));
    const client = clientOf(c, form);
    tokenRequests.push({ ...form, authenticated_as: client.id });
    if (knobs.tokenDelayMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, knobs.tokenDelayMs));
    }
    if (knobs.tokenStatus !== null) {
      return c.body("down", knobs.tokenStatus as 503);
    }
    const known = clients.get(client.id);
    if (known === undefined || (known !== null && known !== client.secret)) {
      return refuse(c, "invalid_client", 401);
    }
    const fault = knobs.tokenError ?? (form.resource === `${origin}/mcp` ? null : "invalid_target");
    return fault === null
      ? (grants[form.grant_type ?? ""]?.(c, form, client) ?? refuse(c, "unsupported_grant_type"))
      : refuse(c, fault);
  });

  const http = await openHttpServer({
    createServer: () => createAdaptorServer({ fetch: app.fetch }) as Server,
    hosts: ["127.0.77.20"],
    port: 0,
  });
  origin = `http://127.0.77.20:${http.ports[0]}`;
  return {
    origin,
    endpointUrl: `${origin}/mcp`,
    tokenRequests,
    registrations,
    accessTokens,
    refreshTokens,
    knobs,
    async logIn(authorizationUrl) {
      const reply = await fetch(authorizationUrl, { redirect: "manual" });
      return Object.fromEntries(new URL(reply.headers.get("location") ?? "http://nowhere").searchParams);
    },
    close: () => http.close(),
  };
}
