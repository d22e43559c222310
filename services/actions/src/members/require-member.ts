import { AppError } from "@alivemcp/core/app-error";
import type { MembershipDecision } from "@alivemcp/core/membership";
import { isUuid } from "@alivemcp/core/uuid";
import { findMember, type MemberRow } from "@alivemcp/db/queries/members";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";

/** The member, or `not_found`: for whoever belongs to another workspace only, too. */
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

/** Throws `conflict` with the reason of a refusal; answers whether there is anything to do. */
export function requireMembership(decision: MembershipDecision, field: string): boolean {
  if (decision.kind === "refused") {
    throw new AppError({ code: "conflict", internal: decision.reason, public: decision.sentence, field });
  }
  return decision.kind === "allowed";
}
