import { type ClaimChallenge, claimChallenge } from "@alivemcp/core/claim-proof";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { type ClaimSubject, getClaimSubjectIn } from "./claim-subject.ts";

/** What has to be put where to claim an endpoint of the board, or to prove one's own. Reads only. */
export async function getClaim(
  deps: Pick<ActionDeps, "pool" | "ticketKey">,
  caller: Caller,
  slug: string,
): Promise<{ subject: ClaimSubject; challenge: ClaimChallenge }> {
  const subject = await read(deps, caller, "endpoint.claim", (tx) =>
    getClaimSubjectIn(caller.scope, tx, slug),
  );
  return { subject, challenge: challengeOf(deps, caller, subject) };
}

/** The challenge of one workspace for one endpoint. */
export const challengeOf = (
  { ticketKey }: Pick<ActionDeps, "ticketKey">,
  caller: Caller,
  { id, url }: ClaimSubject,
): ClaimChallenge => claimChallenge(ticketKey, { tenantId: caller.scope.tenantId, endpointId: id, url });
