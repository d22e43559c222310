import { AppError } from "@alivemcp/core/app-error";
import { type ClaimMethod, tokenOfProof } from "@alivemcp/core/claim-proof";
import { recordProof, takeOverEndpoint } from "@alivemcp/db/queries/endpoint-claims";
import { countWatched, type EndpointRow, updateEndpoint } from "@alivemcp/db/queries/endpoints";
import { findFollowedCadenceS } from "@alivemcp/db/queries/follows";
import type { Tenant } from "@alivemcp/db/queries/tenants";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getEndpointIn } from "../endpoints/get-endpoint.ts";
import { requestProbeNow } from "../endpoints/request-probe.ts";
import { requirePlanLimit } from "../require-plan-limit.ts";
import { checkProofs, type ProofCheck } from "./check-proofs.ts";
import { type ClaimSubject, getClaimSubjectIn, takenAlready } from "./claim-subject.ts";
import { challengeOf, getClaim } from "./get-claim.ts";
import { reserveLook } from "./reserve-look.ts";

export type ClaimOutcome =
  | { readonly kind: "claimed"; readonly endpoint: EndpointRow; readonly method: ClaimMethod }
  /** None of the three was found; why, one by one. */
  | { readonly kind: "unproven"; readonly proofs: readonly ProofCheck[] };

const CADENCE_S_DEFAULT = 60;

/**
 * Looks for the three proofs and, when one is there, makes the endpoint the workspace's own: one of the board changes
 * hands with its history, one's own becomes a claimed one. Throws `conflict` when another workspace was first (telling
 * whom to write to), `limit_reached` when the plan has no room, `rate_limited` after ten looks in a minute.
 */
export async function claimEndpoint(deps: ActionDeps, caller: Caller, slug: string): Promise<ClaimOutcome> {
  const { subject, challenge } = await getClaim(deps, caller, slug);
  requireClaimable(deps, subject);
  await reserveLook(deps, caller, new URL(subject.url).hostname);
  const proofs = await checkProofs(deps, subject, challenge);
  const found = proofs.find(({ isFound }) => isFound);
  if (found === undefined) {
    return { kind: "unproven", proofs };
  }
  const { method } = found;
  const endpoint = await change(deps, caller, "endpoint.claim", async (tx, tenant) => {
    // What was proven must still be what is there: the owner may have changed its URL while we looked.
    const now = await getClaimSubjectIn(caller.scope, tx, subject.slug);
    requireClaimable(deps, now);
    if (now.id !== subject.id || challengeOf(deps, caller, now).fileUrl !== challenge.fileUrl) {
      throw conflict("The endpoint was changed while we looked. Please check again.");
    }
    await recordProof(caller.scope, tx, {
      endpointId: now.id,
      token: tokenOfProof(challenge.proof),
      method,
    });
    const row = now.isOwn ? await markProven(caller, tx, now) : await takeOver(deps, caller, tx, now, tenant);
    return {
      result: row,
      audit: { targetKind: "endpoint", targetId: now.id, content: { slug: now.slug, method } },
    };
  });
  if (!subject.isOwn) {
    await requestProbeNow(deps, caller.scope, endpoint.id);
  }
  return { kind: "claimed", endpoint, method };
}

function requireClaimable({ claimsContact }: ActionDeps, { state }: ClaimSubject): void {
  switch (state) {
    case "free":
      return;
    case "taken":
      throw takenAlready(claimsContact);
    case "mine":
      throw conflict("This endpoint is proven to be yours already.");
  }
}

async function markProven(caller: Caller, tx: Tx, { id }: ClaimSubject): Promise<EndpointRow> {
  await updateEndpoint(caller.scope, tx, id, { standing: "claimed" });
  return getEndpointIn(caller.scope, tx, id);
}

async function takeOver(
  { claimsContact }: ActionDeps,
  caller: Caller,
  tx: Tx,
  { id }: ClaimSubject,
  { plan }: Tenant,
): Promise<EndpointRow> {
  const { endpoints } = await countWatched(caller.scope, tx);
  const isFollowed = (await findFollowedCadenceS(caller.scope, tx, id)) !== null;
  requirePlanLimit(plan, "endpointsMax", { wanted: endpoints + (isFollowed ? 0 : 1) });
  const taken = await takeOverEndpoint(caller.scope, tx, {
    endpointId: id,
    retentionClass: plan.name,
    cadenceS: Math.max(CADENCE_S_DEFAULT, plan.cadenceSMin),
  });
  switch (taken) {
    case "taken":
      return getEndpointIn(caller.scope, tx, id);
    case "claimed-already":
    case "not-found":
      throw takenAlready(claimsContact);
    case "watched-already":
      throw conflict(
        "This workspace watches the same URL already with an endpoint of its own. Delete that one first; the one on the board brings its longer history along.",
      );
    case "unproven":
      throw conflict("The proof is too old. Please check again.");
  }
}

function conflict(sentence: string): AppError {
  return new AppError({ code: "conflict", internal: "claim refused", public: sentence });
}
