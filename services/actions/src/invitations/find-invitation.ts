import {
  findInvitationByTokenHash,
  type PresentedInvitation,
} from "@alivemcp/db/queries/invitations-identity";
import type { Pool } from "@alivemcp/runtime/postgres";
import { invitationTokenHash } from "./invitation-token.ts";

/** What a link stands for, settled and expired ones included; null for a token that never was one. */
export async function findInvitation(
  deps: { readonly identityPool: Pool },
  token: string,
): Promise<PresentedInvitation | null> {
  const tokenHash = invitationTokenHash(token);
  return tokenHash === null ? null : findInvitationByTokenHash(deps.identityPool, tokenHash);
}
