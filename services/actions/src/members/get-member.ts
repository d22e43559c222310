import { AppError } from "@alivemcp/core/app-error";
import { isUuid } from "@alivemcp/core/uuid";
import { findMember, type MemberRow } from "@alivemcp/db/queries/members";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";

/** The member; throws `not_found`, also for whoever belongs to other workspaces only. */
export async function getMember(scope: TenantScope, tx: Tx, userId: string): Promise<MemberRow> {
  const member = isUuid(userId) ? await findMember(scope, tx, userId) : null;
  if (member === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such member",
      public: "There is no such member in this workspace.",
    });
  }
  return member;
}
