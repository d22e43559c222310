import { rotateWebhookSecret } from "@alivemcp/actions/sinks/rotate-webhook-secret";
import type { RotatedSecret } from "@alivemcp/core/internal-port";
import { invariant } from "@alivemcp/core/invariant";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { readCaller, requireDashboard } from "./dashboard-caller.ts";

/** What the dashboard has done with sinks for a person: only here can be opened what is sealed. */
export function sinkSecretRoutes(deps: Deps): Hono {
  const routes = new Hono();
  routes.post("/internal/sinks/:sink/secret", async (c) => {
    requireDashboard(deps, c);
    const caller = await readCaller(deps, c);
    const { secret } = await rotateWebhookSecret(deps, caller, c.req.param("sink"));
    invariant(secret !== null, "a rotation makes a secret");
    return c.json({ secret } satisfies RotatedSecret);
  });
  return routes;
}
