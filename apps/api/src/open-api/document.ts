import { SCOPES } from "@alivemcp/core/permissions";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "../api-env.ts";

export type ApiDocument = ReturnType<OpenAPIHono<ApiEnv>["getOpenAPI31Document"]>;

const INTRODUCTION = `Everything the dashboard can do. Send an API key of your workspace as \`Authorization: Bearer amk_live_…\`.

**Shapes.** JSON with names in snake_case; instants are RFC 3339 in UTC. A field or query parameter that we do not know is refused and named. Ids and slugs are accepted alike; an old slug is answered with 308 to the present one.

**Lists** are paged: follow \`next_cursor\` until it is null. Rows added meanwhile shift nothing.

**Writes** take an \`Idempotency-Key\`: a repeat within a day gets the first answer, marked \`Idempotency-Replayed: true\`. The same key with another request, or while the first is at work, is a conflict.

**Limits** are per workspace and minute, on the Public plan per address. \`RateLimit\` says where you stand, \`Retry-After\` when to come back.

**Refusals** are problem+json (RFC 9457). \`code\` is one of nine words, each with one status.`;

/** The OpenAPI 3.1 document of everything that is registered in `app`: the schemas that check the requests, as they are. */
export function openApiDocument(app: OpenAPIHono<ApiEnv>, apiUrl: string): ApiDocument {
  app.openAPIRegistry.registerComponent("securitySchemes", "apiKey", {
    type: "http",
    scheme: "bearer",
    description: `An API key of a workspace. Scopes: ${SCOPES.map((scope) => `\`${scope}\``).join(", ")}.`,
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "operatorKey", {
    type: "http",
    scheme: "bearer",
    description: "The key of whoever runs this installation (`OPERATOR_KEY`).",
  });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "AliveMCP", version: "1.0.0", description: INTRODUCTION },
    servers: [{ url: new URL("/", apiUrl).href.replace(/\/$/, "") }],
  });
}
