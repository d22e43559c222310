import { HANDOVER_PATH, handoverRequestSchema } from "@alivemcp/core/credential-handover";
import { Hono } from "hono";
import { handOver } from "../credentials/hand-over.ts";
import type { Deps } from "../deps.ts";
import { readJson } from "../read-json.ts";
import { requireRegionToken } from "./region-tokens.ts";

/** Workers ask here for the credential of a job; the contract is services/core/src/credential-handover.ts. */
export function handoverRoutes(deps: Deps): Hono {
  const routes = new Hono();
  routes.post(HANDOVER_PATH, async (c) => {
    const request = handoverRequestSchema.parse(await readJson(c));
    requireRegionToken(deps.config.REGION_TOKENS, request.region, c.req.header("authorization"));
    return c.json(await handOver(deps, request));
  });
  return routes;
}
