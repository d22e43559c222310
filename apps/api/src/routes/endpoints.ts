import type { Caller } from "@alivemcp/actions/caller";
import { registerEndpoint } from "@alivemcp/actions/endpoints/register-endpoint";
import { read } from "@alivemcp/actions/read";
import { AppError } from "@alivemcp/core/app-error";
import { findEndpoint, listEndpoints } from "@alivemcp/db/queries/endpoints";
import { DEFAULT_TENANT_ID } from "@alivemcp/db/seed";
import { grantTenantScope } from "@alivemcp/db/tenant-scope";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { endpointInput, endpointJson, endpointRequestSchema } from "../endpoint-shape.ts";
import { readEndpointStates } from "../endpoint-states.ts";
import { requireOperatorKey } from "../operator-key.ts";
import { readJson } from "../read-json.ts";
import { requestCaller } from "../request-caller.ts";

const LIMIT_MAX = 100;
/** Slugs and ids alike. */
const SLUG = /^[a-z0-9-]{1,120}$/;
const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(50),
  cursor: z.string().max(64).optional(),
});

/** Endpoints of the default tenant, behind the bootstrap operator key. */
export function endpointRoutes(deps: Deps): Hono {
  const routes = new Hono();
  const callerOf = (c: Context): Caller => {
    requireOperatorKey(deps.config.OPERATOR_KEY, c.req.header("authorization"));
    return {
      scope: grantTenantScope(DEFAULT_TENANT_ID, "operator-key"),
      actor: { kind: "operator", operatorId: "operator-key" },
      requestId: c.get("requestId"),
      address: requestCaller(c, deps.config.TRUSTED_PROXY_HOPS),
    };
  };

  routes.post("/", async (c) => {
    const caller = callerOf(c);
    const request = endpointRequestSchema.parse(await readJson(c));
    const { endpoint, isProbeRequested } = await registerEndpoint(deps, caller, endpointInput(request));
    c.header("location", `/v1/endpoints/${endpoint.slug}`);
    return c.json(
      {
        ...endpointJson(endpoint, deps.config.PUBLIC_URL),
        state: "unknown",
        is_probe_requested: isProbeRequested,
      },
      201,
    );
  });

  routes.get("/", async (c) => {
    const caller = callerOf(c);
    const { limit, cursor } = pageSchema.parse(c.req.query());
    const rows = await read(deps, caller, "endpoint.read", (tx) =>
      listEndpoints(caller.scope, tx, { beforeNumber: readCursor(cursor), limit: limit + 1 }),
    );
    const page = rows.slice(0, limit);
    const states = await readEndpointStates(deps, page);
    const last = page.at(-1);
    return c.json({
      items: page.map((row, index) => ({ ...endpointJson(row, deps.config.PUBLIC_URL), ...states[index] })),
      next_cursor: rows.length > limit && last ? writeCursor(last.number) : null,
    });
  });

  routes.get("/:slug", async (c) => {
    const caller = callerOf(c);
    const slug = c.req.param("slug");
    const row = SLUG.test(slug)
      ? await read(deps, caller, "endpoint.read", (tx) => findEndpoint(caller.scope, tx, slug))
      : null;
    if (row === null) {
      throw new AppError({
        code: "not_found",
        internal: "no such endpoint",
        public: "There is no such endpoint.",
      });
    }
    const [state] = await readEndpointStates(deps, [row]);
    return c.json({ ...endpointJson(row, deps.config.PUBLIC_URL), ...state });
  });
  return routes;
}

/** Cursors are opaque to callers; inside is the number of the last row. */
function writeCursor(number: number): string {
  return Buffer.from(`n${number}`).toString("base64url");
}

function readCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) {
    return null;
  }
  const match = /^n(\d{1,9})$/.exec(Buffer.from(cursor, "base64url").toString());
  if (!match) {
    throw new AppError({
      code: "invalid",
      internal: "bad cursor",
      public: "This cursor is not one of ours; start without it.",
      field: "cursor",
    });
  }
  return Number(match[1]);
}
