import type { Caller } from "@alivemcp/actions/caller";
import { deleteCredential } from "@alivemcp/actions/credentials/delete-credential";
import { describeCredential } from "@alivemcp/actions/credentials/describe-credential";
import { AppError } from "@alivemcp/core/app-error";
import { connectInputSchema, credentialInputSchema } from "@alivemcp/core/credential-input";
import {
  CALLER_HEADER,
  CONNECT_FINISH_PATH,
  connectFinishSchema,
  internalCallerSchema,
} from "@alivemcp/core/internal-port";
import { findMemberRole } from "@alivemcp/db/queries/members";
import { grantTenantScope, withTenant } from "@alivemcp/db/tenant-scope";
import { type Context, Hono } from "hono";
import { storeCredential } from "../credentials/store-credential.ts";
import type { Deps } from "../deps.ts";
import { finishConnect } from "../oauth/finish-connect.ts";
import { startConnect } from "../oauth/start-connect.ts";
import { readJson } from "../read-json.ts";
import { requireBearer } from "./region-tokens.ts";

/**
 * What the dashboard has done with credentials, for a person it signed in: it states who they are, and their role is
 * read here. A credential is written and described, never read.
 */
export function credentialRoutes(deps: Deps): Hono {
  const routes = new Hono();
  const requireDashboard = (c: Context) =>
    requireBearer([deps.config.INTERNAL_TOKEN], c.req.header("authorization"));

  routes.get("/internal/endpoints/:endpoint/credential", async (c) => {
    requireDashboard(c);
    const caller = await readCaller(deps, c);
    return c.json({ credential: await describeCredential(deps, caller, c.req.param("endpoint")) });
  });

  routes.put("/internal/endpoints/:endpoint/credential", async (c) => {
    requireDashboard(c);
    const caller = await readCaller(deps, c);
    const credential = credentialInputSchema.parse(await readJson(c));
    return c.json(await storeCredential(deps, caller, { endpoint: c.req.param("endpoint"), credential }));
  });

  routes.delete("/internal/endpoints/:endpoint/credential", async (c) => {
    requireDashboard(c);
    const caller = await readCaller(deps, c);
    return c.json({ isDeleted: await deleteCredential(deps, caller, c.req.param("endpoint")) });
  });

  routes.post("/internal/endpoints/:endpoint/connect", async (c) => {
    requireDashboard(c);
    const caller = await readCaller(deps, c);
    const { sessionId, userId } = callerHeader(c);
    const connect = connectInputSchema.parse(await readJson(c));
    const connector = { sessionId, userId };
    return c.json(
      await startConnect(deps, caller, { endpoint: c.req.param("endpoint"), connector, connect }),
    );
  });

  routes.post(CONNECT_FINISH_PATH, async (c) => {
    requireDashboard(c);
    const { sessionId, userId, requestId, address, parameters } = connectFinishSchema.parse(
      await readJson(c),
    );
    return c.json(
      await finishConnect(deps, { connector: { sessionId, userId }, parameters, requestId, address }),
    );
  });
  return routes;
}

function callerHeader(c: Context) {
  const text = Buffer.from(c.req.header(CALLER_HEADER) ?? "", "base64url").toString();
  const parsed = internalCallerSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    throw new AppError({
      code: "invalid",
      internal: "no usable caller header",
      public: `Send who asks in ${CALLER_HEADER}.`,
      field: CALLER_HEADER,
    });
  }
  return parsed.data;
}

/** Throws `not_found` when the person does not belong to the workspace. */
async function readCaller(deps: Pick<Deps, "pool">, c: Context): Promise<Caller> {
  const { tenantId, userId, requestId, address } = callerHeader(c);
  const scope = grantTenantScope(tenantId, "session");
  const role = await withTenant(scope, deps.pool, (tx) => findMemberRole(scope, tx, userId));
  if (role === null) {
    throw new AppError({
      code: "not_found",
      internal: "not a member",
      public: "There is no such workspace.",
    });
  }
  return { scope, actor: { kind: "member", userId, role }, requestId, address };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
