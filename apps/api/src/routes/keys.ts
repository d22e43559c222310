import { createKey } from "@alivemcp/actions/keys/create-key";
import { listKeys } from "@alivemcp/actions/keys/list-keys";
import { revokeKey } from "@alivemcp/actions/keys/revoke-key";
import { hintOfApiKey } from "@alivemcp/core/api-key";
import { SCOPES } from "@alivemcp/core/permissions";
import { plainText } from "@alivemcp/core/plain-text";
import type { ApiKey } from "@alivemcp/db/queries/api-keys";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { pageOf, pageQuery, toPage } from "../open-api/paging.ts";
import { createRouter } from "../open-api/router.ts";
import type { Cursors } from "../requests/cursors.ts";

const fields = {
  id: z.uuid(),
  name: z.string(),
  hint: z.string().describe("How the key begins."),
  scopes: z.array(z.enum(SCOPES)),
  created_by: z.uuid().nullable().describe("The person who made it; null when a key did."),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable().describe("Exact to a minute."),
  revoked_at: z.iso.datetime().nullable(),
};
const keySchema = z.strictObject(fields).openapi("ApiKey");
const createdKeySchema = z
  .strictObject({ ...fields, key: z.string().describe("Keep it: nobody can show it again.") })
  .openapi("NewApiKey");

const newKeySchema = z.strictObject({
  name: plainText(100).openapi({ example: "deploys" }),
  scopes: z
    .array(
      z.enum(SCOPES, { error: `A scope is one of ${SCOPES.join(", ")}.` }),
      "List the scopes of the key.",
    )
    .min(1, "A key needs at least one scope.")
    .max(SCOPES.length),
  expires_at: z.iso
    .datetime({ offset: true, error: "Give an instant such as 2027-01-31T00:00:00Z." })
    .nullable()
    .default(null)
    .openapi({ description: "At most two years from now; null: until it is revoked." }),
});

const list = createRoute({
  method: "get",
  path: "/",
  operationId: "listKeys",
  tags: ["Keys"],
  summary: "List the API keys",
  description: "Newest first, ended ones included. The keys themselves are shown once, when they are made.",
  ...needs("key.list"),
  request: { query: z.strictObject(pageQuery) },
  responses: { 200: answer("A page of keys.", pageOf(keySchema)), ...scopeProblems("invalid") },
});

const create = createRoute({
  method: "post",
  path: "/",
  operationId: "createKey",
  tags: ["Keys"],
  summary: "Make an API key",
  description: "A key can only give scopes it has itself, and no life longer than its own.",
  ...needs("key.create"),
  request: {
    headers: writeHeaders,
    body: jsonBody(newKeySchema),
  },
  responses: {
    201: answer("The key, shown this once.", createdKeySchema),
    ...scopeProblems("invalid", "limit_reached", "conflict"),
  },
});

const revoke = createRoute({
  method: "delete",
  path: "/{key}",
  operationId: "revokeKey",
  tags: ["Keys"],
  summary: "End an API key",
  description: "At once, everywhere. Ending it twice is ending it once.",
  ...needs("key.revoke"),
  request: { headers: writeHeaders, params: z.object({ key: z.string().describe("The key's id.") }) },
  responses: { 200: answer("The ended key.", keySchema), ...scopeProblems("not_found", "conflict") },
});

/** `/v1/keys`. */
export function keyRoutes(deps: Pick<Deps, "pool" | "clock">, cursors: Cursors) {
  return createRouter()
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const position = cursors.read("keys", cursor);
      const before = position && { createdAtMs: Number(position[0]), id: String(position[1]) };
      const rows = await listKeys(deps, c.var.caller, { before, limit: limit + 1 });
      const cursorAfter = (last: ApiKey) => cursors.write("keys", [last.createdAt.getTime(), last.id]);
      return c.json(toPage(rows, limit, keyJson, cursorAfter), 200);
    })
    .openapi(create, async (c) => {
      const { name, scopes, expires_at: expiresAt } = c.req.valid("json");
      const { key, token } = await createKey(deps, c.var.caller, {
        name,
        scopes,
        expiresAtMs: expiresAt === null ? null : Date.parse(expiresAt),
      });
      c.header("cache-control", "no-store");
      return c.json({ ...keyJson(key), key: token }, 201);
    })
    .openapi(revoke, async (c) =>
      c.json(keyJson(await revokeKey(deps, c.var.caller, c.req.valid("param").key)), 200),
    );
}

const keyJson = (key: ApiKey): z.infer<typeof keySchema> => ({
  id: key.id,
  name: key.name,
  hint: hintOfApiKey(key.prefix),
  scopes: [...key.scopes],
  created_by: key.createdBy,
  created_at: key.createdAt.toISOString(),
  expires_at: key.expiresAt?.toISOString() ?? null,
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  revoked_at: key.revokedAt?.toISOString() ?? null,
});
