import type { ProofCheck } from "@alivemcp/actions/claims/check-proofs";
import { claimEndpoint } from "@alivemcp/actions/claims/claim-endpoint";
import { getClaim } from "@alivemcp/actions/claims/get-claim";
import { CLAIM_METHODS } from "@alivemcp/core/claim-proof";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { createRouter } from "../open-api/router.ts";

const tags = ["Claims"];
const slugParam = z.object({
  slug: z.string().describe("Slug of one of your endpoints, or of one on the public board."),
});

const challengeSchema = z
  .strictObject({
    slug: z.string(),
    name: z.string(),
    url: z.string(),
    state: z
      .enum(["free", "mine", "taken"])
      .describe("`free`: nobody proved it yet; `mine`: you did; `taken`: another workspace did."),
    proof: z.string().describe("What has to be found in one of the three places."),
    dns_name: z.string().nullable().describe("A TXT record of this name; null where there is no name."),
    file_url: z.url().describe("Or a file here."),
  })
  .openapi("Claim");

const outcomeSchema = z
  .strictObject({
    is_claimed: z.boolean(),
    method: z.enum(CLAIM_METHODS).nullable(),
    proofs: z
      .array(
        z.strictObject({
          method: z.enum(CLAIM_METHODS),
          is_found: z.boolean(),
          detail: z.string().describe("What was found instead, in a sentence."),
        }),
      )
      .describe("Where we looked; empty once it is claimed."),
  })
  .openapi("ClaimOutcome");

const get = createRoute({
  method: "get",
  path: "/{slug}",
  operationId: "getClaim",
  tags,
  summary: "Get what proves that an endpoint is yours",
  description:
    "A DNS TXT record, a file at `/.well-known/alivemcp.txt`, or a marker in the server's own instructions: one of them is enough.",
  ...needs("endpoint.claim"),
  request: { params: slugParam },
  responses: { 200: answer("What to put where.", challengeSchema), ...scopeProblems("not_found") },
});

const claim = createRoute({
  method: "post",
  path: "/{slug}",
  operationId: "claimEndpoint",
  tags,
  summary: "Look for the proofs and claim the endpoint",
  description:
    "One of the board moves to your workspace with its history; one of yours becomes a proven one, which may be public.",
  ...needs("endpoint.claim"),
  request: { params: slugParam, headers: writeHeaders },
  responses: {
    200: answer("What was found.", outcomeSchema),
    ...scopeProblems("limit_reached", "not_found", "conflict"),
  },
});

/** `/v1/claims`: proving that an endpoint is one's own. */
export function claimRoutes(deps: Deps) {
  return createRouter()
    .openapi(get, async (c) => {
      const { subject, challenge } = await getClaim(deps, c.var.caller, c.req.valid("param").slug);
      const { slug, name, url, state } = subject;
      return c.json(
        {
          slug,
          name,
          url,
          state,
          proof: challenge.proof,
          dns_name: challenge.dnsName,
          file_url: challenge.fileUrl,
        },
        200,
      );
    })
    .openapi(claim, async (c) => {
      const outcome = await claimEndpoint(deps, c.var.caller, c.req.valid("param").slug);
      return c.json(
        outcome.kind === "claimed"
          ? { is_claimed: true, method: outcome.method, proofs: [] }
          : { is_claimed: false, method: null, proofs: outcome.proofs.map(proofJson) },
        200,
      );
    });
}

const proofJson = ({ method, isFound, sentence }: ProofCheck) => ({
  method,
  is_found: isFound,
  detail: sentence,
});
