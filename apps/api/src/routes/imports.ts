import { confirmImport } from "@alivemcp/actions/imports/confirm-import";
import { getImport } from "@alivemcp/actions/imports/get-import";
import type { ImportedRow, ImportRow } from "@alivemcp/actions/imports/import-rows";
import type { ImportOwner, StoredImport } from "@alivemcp/actions/imports/import-store";
import { previewImport } from "@alivemcp/actions/imports/preview-import";
import { IMPORT_BYTES_MAX } from "@alivemcp/core/import-limits";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { ApiEnv } from "../api-env.ts";
import type { Deps } from "../deps.ts";
import { answer, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { createRouter } from "../open-api/router.ts";

const tags = ["Endpoints"];
const importParam = z.object({ import: z.string().describe("Its id.") });

const rowSchema = z
  .strictObject({
    line: z.int().nullable(),
    name: z.string(),
    outcome: z.enum(["ready", "refused", "added"]),
    url: z.string().nullable().describe("Of a row that is ready."),
    slug: z.string().nullable().describe("Of the endpoint that was added, or that watches the URL already."),
    detail: z.string().nullable().describe("Why it is refused, or what to know about it."),
  })
  .openapi("ImportRow");

const importSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(["preview", "running", "done"]),
    format: z.enum(["mcp.json", "server.json", "csv"]).nullable().describe("Of a preview."),
    room: z
      .int()
      .nullable()
      .describe("How many more endpoints the plan allows; rows beyond it will be refused."),
    rows: z.array(rowSchema),
  })
  .openapi("Import");

const preview = createRoute({
  method: "post",
  path: "/",
  operationId: "previewImport",
  tags,
  summary: "Preview an import",
  description:
    "An `mcp.json`, a `server.json` of the registry, or a CSV table, at most 500 servers. Nothing is registered until it is confirmed within half an hour, with the same key. Credentials in the file are not taken over.",
  ...needs("endpoint.create"),
  request: {
    headers: writeHeaders,
    body: jsonBody(
      z.strictObject({
        content: z
          .string({ error: "Give the text of the file." })
          .max(IMPORT_BYTES_MAX, "A file may have at most 1 MB.")
          .describe("The file, as it is."),
      }),
    ),
  },
  responses: {
    201: answer("What would be registered.", importSchema),
    ...scopeProblems("invalid", "conflict"),
  },
});

const get = createRoute({
  method: "get",
  path: "/{import}",
  operationId: "getImport",
  tags,
  summary: "Get an import",
  ...needs("endpoint.create"),
  request: { params: importParam },
  responses: { 200: answer("The import.", importSchema), ...scopeProblems("not_found") },
});

const confirm = createRoute({
  method: "post",
  path: "/{import}/confirm",
  operationId: "confirmImport",
  tags,
  summary: "Confirm an import",
  description: "Registers its rows; one that is refused stops no other. Confirming twice is confirming once.",
  ...needs("endpoint.create"),
  request: { params: importParam, headers: writeHeaders },
  responses: {
    200: answer("What became of each row.", importSchema),
    ...scopeProblems("not_found", "conflict"),
  },
});

/** `/v1/imports`: many endpoints at once. */
export function importRoutes(deps: Deps) {
  const shown = async (c: Context<ApiEnv>, id: string) =>
    importJson(id, await getImport(deps, ownerOf(c), id));
  return createRouter()
    .openapi(preview, async (c) => {
      const bytes = new TextEncoder().encode(c.req.valid("json").content);
      return c.json(await shown(c, await previewImport(deps, ownerOf(c), bytes)), 201);
    })
    .openapi(get, async (c) => c.json(await shown(c, c.req.valid("param").import), 200))
    .openapi(confirm, async (c) => {
      const { import: id } = c.req.valid("param");
      await confirmImport(deps, ownerOf(c), id);
      return c.json(await shown(c, id), 200);
    });
}

/** A preview is bound to the key that asked for it. */
function ownerOf(c: Context<ApiEnv>): ImportOwner {
  const { caller } = c.var;
  return { caller, sessionId: caller.actor.kind === "api-key" ? caller.actor.keyId : caller.actor.kind };
}

function importJson(id: string, stored: StoredImport): z.infer<typeof importSchema> {
  switch (stored.kind) {
    case "preview": {
      const { format, room, rows } = stored.preview;
      return { id, state: "preview", format, room, rows: rows.map(readyJson) };
    }
    case "running":
      return { id, state: "running", format: null, room: null, rows: [] };
    case "done":
      return { id, state: "done", format: null, room: null, rows: stored.result.rows.map(doneJson) };
  }
}

function readyJson(row: ImportRow): z.infer<typeof rowSchema> {
  const { line, name } = row;
  return row.kind === "endpoint"
    ? { line, name, outcome: "ready", url: row.body.url, slug: null, detail: row.note }
    : {
        line,
        name,
        outcome: "refused",
        url: null,
        slug: row.existingSlug ?? row.boardSlug ?? null,
        detail: row.reason,
      };
}

const doneJson = (row: ImportedRow): z.infer<typeof rowSchema> => ({
  line: row.line,
  name: row.name,
  outcome: row.kind,
  url: null,
  slug: row.kind === "added" ? row.slug : null,
  detail: row.kind === "added" ? null : row.reason,
});
