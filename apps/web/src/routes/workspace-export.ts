import { exportWorkspace } from "@alivemcp/actions/workspaces/export-workspace";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import type { WebEnv } from "../web-env.ts";

/** `GET /w/<workspace>/export.json`: everything of the workspace, for its owner, streamed. */
export function workspaceExportRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/export.json", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const pieces = await exportWorkspace(deps, caller);
    const day = new Date(deps.clock.nowMs()).toISOString().slice(0, 10);
    c.header("content-type", "application/json; charset=utf-8");
    c.header("content-disposition", `attachment; filename="alivemcp-${tenant.slug}-${day}.json"`);
    return c.body(ReadableStream.from(encoded(pieces)) as ReadableStream<Uint8Array>);
  });
  return routes;
}

async function* encoded(pieces: AsyncGenerator<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const piece of pieces) {
    yield encoder.encode(piece);
  }
}
