import { AppError } from "@alivemcp/core/app-error";
import { isUuid } from "@alivemcp/core/uuid";
import { findInvitation, type InvitationRow } from "@alivemcp/db/queries/invitations";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";

/** The invitation; throws `not_found`, or `conflict` when it was accepted or taken back. */
export async function getUnsettledInvitation(scope: TenantScope, tx: Tx, id: string): Promise<InvitationRow> {
  const invitation = isUuid(id) ? await findInvitation(scope, tx, id) : null;
  if (invitation === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such invitation",
      public: "There is no such invitation in this workspace.",
    });
  }
  if (invitation.acceptedAt !== null || invitation.revokedAt !== null) {
    throw new AppError({
      code: "conflict",
      internal: "invitation is settled",
      public: `The invitation of ${invitation.email} was ${invitation.acceptedAt === null ? "taken back" : "accepted"} already.`,
    });
  }
  return invitation;
}
