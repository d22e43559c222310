import { deleteCredential } from "@alivemcp/actions/credentials/delete-credential";
import { describeCredential } from "@alivemcp/actions/credentials/describe-credential";
import { AppError } from "@alivemcp/core/app-error";
import { createRoute, z } from "@hono/zod-openapi";
import { storeCredential } from "../credentials/store-credential.ts";
import type { Deps } from "../deps.ts";
import { answer, empty, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { createRouter } from "../open-api/router.ts";
import { credentialBodySchema, credentialJson, credentialSchema } from "./credential-shape.ts";
import { endpointParam } from "./endpoint-param.ts";

const tags = ["Credentials"];
const path = "/{endpoint}/credential";

const get = createRoute({
  method: "get",
  path,
  operationId: "describeCredential",
  tags,
  summary: "Describe the credential",
  description: "What kind it is and when it ends. Nobody can read it back.",
  ...needs("credential.describe"),
  request: { params: endpointParam },
  responses: { 200: answer("What may be shown.", credentialSchema), ...scopeProblems("not_found") },
});

const put = createRoute({
  method: "put",
  path,
  operationId: "storeCredential",
  tags,
  summary: "Store or replace the credential",
  description:
    "The endpoint becomes private: nothing of it is public. It is encrypted, handed to one prober for one probe, and never shown.",
  ...needs("credential.write"),
  request: { params: endpointParam, headers: writeHeaders, body: jsonBody(credentialBodySchema) },
  responses: {
    200: answer(
      "What may be shown.",
      z
        .strictObject({ credential: credentialSchema, is_probe_requested: z.boolean() })
        .openapi("StoredCredential"),
    ),
    ...scopeProblems("invalid", "limit_reached", "not_found", "conflict"),
  },
});

const remove = createRoute({
  method: "delete",
  path,
  operationId: "deleteCredential",
  tags,
  summary: "Delete the credential",
  description: "With every token got by it. The endpoint stays private.",
  ...needs("credential.write"),
  request: { params: endpointParam, headers: writeHeaders },
  responses: { 204: empty("There is none any more."), ...scopeProblems("not_found", "conflict") },
});

/** `/v1/endpoints/{endpoint}/credential`: what opens a private endpoint to our probes. */
export function credentialRoutes(deps: Deps) {
  return createRouter()
    .openapi(get, async (c) => {
      const found = await describeCredential(deps, c.var.caller, c.req.valid("param").endpoint);
      if (found === null) {
        throw new AppError({
          code: "not_found",
          internal: "no credential",
          public: "This endpoint has no credential.",
        });
      }
      return c.json(credentialJson(found), 200);
    })
    .openapi(put, async (c) => {
      const { credential, isProbeRequested } = await storeCredential(deps, c.var.caller, {
        endpoint: c.req.valid("param").endpoint,
        credential: c.req.valid("json"),
      });
      return c.json({ credential: credentialJson(credential), is_probe_requested: isProbeRequested }, 200);
    })
    .openapi(remove, async (c) => {
      await deleteCredential(deps, c.var.caller, c.req.valid("param").endpoint);
      return c.body(null, 204);
    });
}
