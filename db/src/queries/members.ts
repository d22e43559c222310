import type { Role } from "@alivemcp/core/permissions";
import { and, eq } from "drizzle-orm";
import { members } from "../schema/accounts.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** Adds a person to the workspace; false when they belong to it already. A second owner is refused by the database. */
export async function insertMember(
  scope: TenantScope,
  tx: Tx,
  member: { readonly userId: string; readonly role: Role },
): Promise<boolean> {
  const rows = await tx
    .insert(members)
    .values({ ...member, tenantId: scope.tenantId })
    .onConflictDoNothing({ target: [members.tenantId, members.userId] })
    .returning({ userId: members.userId });
  return rows.length > 0;
}

/** The person's role in the workspace; null when they do not belong to it. */
export async function findMemberRole(scope: TenantScope, tx: Tx, userId: string): Promise<Role | null> {
  const [row] = await tx
    .select({ role: members.role })
    .from(members)
    .where(and(eq(members.tenantId, scope.tenantId), eq(members.userId, userId)));
  return row?.role ?? null;
}
