import { followEndpoint, unfollowEndpoint } from "@alivemcp/actions/follows/follow-endpoint";
import { getWatched } from "@alivemcp/actions/watched/get-watched";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, empty, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { createRouter } from "../open-api/router.ts";
import { asAnswer } from "../requests/as-answer.ts";
import { endpointJson, endpointSchema } from "./endpoint-shape.ts";

const tags = ["Endpoints"];
const slugParam = z.object({ slug: z.string().openapi({ description: "Slug on the public board." }) });

const follow = createRoute({
  method: "put",
  path: "/{slug}",
  operationId: "followEndpoint",
  tags,
  summary: "Follow an endpoint of the board",
  description:
    "Same probes and history, at the shortest cadence that its owner and followers ask for. Following again changes the cadence.",
  ...needs("endpoint.follow"),
  request: {
    params: slugParam,
    headers: writeHeaders,
    body: jsonBody(z.strictObject({ cadence_s: z.int().min(30).max(86_400).optional() })),
  },
  responses: {
    200: answer("The endpoint.", endpointSchema),
    ...scopeProblems("invalid", "limit_reached", "not_found", "conflict"),
  },
});

const unfollow = createRoute({
  method: "delete",
  path: "/{slug}",
  operationId: "unfollowEndpoint",
  tags,
  summary: "Follow it no longer",
  ...needs("endpoint.follow"),
  request: { params: slugParam, headers: writeHeaders },
  responses: { 204: empty("It is followed no longer."), ...scopeProblems("not_found", "conflict") },
});

/** `/v1/follows`: endpoints of others, watched along. They are listed with the workspace's own. */
export function followRoutes(deps: Deps) {
  return createRouter()
    .openapi(follow, async (c) => {
      const { id } = await followEndpoint(deps, c.var.caller, {
        slug: c.req.valid("param").slug,
        cadenceS: c.req.valid("json").cadence_s,
      });
      const { reading } = await getWatched(deps, asAnswer(c.var.caller), id);
      return c.json(endpointJson(reading, deps.config.PUBLIC_URL), 200);
    })
    .openapi(unfollow, async (c) => {
      await unfollowEndpoint(deps, c.var.caller, c.req.valid("param").slug);
      return c.body(null, 204);
    });
}
