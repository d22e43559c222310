import { deleteCredential } from "@alivemcp/actions/credentials/delete-credential";
import { describeCredential } from "@alivemcp/actions/credentials/describe-credential";
import { connectInputSchema, credentialInputSchema } from "@alivemcp/core/credential-input";
import { CONNECT_FINISH_PATH, connectFinishSchema } from "@alivemcp/core/internal-port";
import { Hono } from "hono";
import { storeCredential } from "../credentials/store-credential.ts";
import type { Deps } from "../deps.ts";
import { finishConnect } from "../oauth/finish-connect.ts";
import { startConnect } from "../oauth/start-connect.ts";
import { readJson } from "../read-json.ts";
import { callerHeader, readCaller, requireDashboard } from "./dashboard-caller.ts";

/**
 * What the dashboard has done with credentials, for a person it signed in: it states who they are, and their role is
 * read here. A credential is written and described, never read.
 */
export function credentialRoutes(deps: Deps): Hono {
  const routes = new Hono();
  routes.get("/internal/endpoints/:endpoint/credential", async (c) => {
    requireDashboard(deps, c);
    const caller = await readCaller(deps, c);
    return c.json({ credential: await describeCredential(deps, caller, c.req.param("endpoint")) });
  });

  routes.put("/internal/endpoints/:endpoint/credential", async (c) => {
    requireDashboard(deps, c);
    const caller = await readCaller(deps, c);
    const credential = credentialInputSchema.parse(await readJson(c));
    return c.json(await storeCredential(deps, caller, { endpoint: c.req.param("endpoint"), credential }));
  });

  routes.delete("/internal/endpoints/:endpoint/credential", async (c) => {
    requireDashboard(deps, c);
    const caller = await readCaller(deps, c);
    return c.json({ isDeleted: await deleteCredential(deps, caller, c.req.param("endpoint")) });
  });

  routes.post("/internal/endpoints/:endpoint/connect", async (c) => {
    requireDashboard(deps, c);
    const caller = await readCaller(deps, c);
    const { sessionId, userId } = callerHeader(c);
    const connect = connectInputSchema.parse(await readJson(c));
    const connector = { sessionId, userId };
    return c.json(
      await startConnect(deps, caller, { endpoint: c.req.param("endpoint"), connector, connect }),
    );
  });

  routes.post(CONNECT_FINISH_PATH, async (c) => {
    requireDashboard(deps, c);
    const { sessionId, userId, requestId, address, parameters } = connectFinishSchema.parse(
      await readJson(c),
    );
    return c.json(
      await finishConnect(deps, { connector: { sessionId, userId }, parameters, requestId, address }),
    );
  });
  return routes;
}
