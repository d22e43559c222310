import type { Role } from "@alivemcp/core/permissions";
import { and, asc, count, eq } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { members, users } from "../schema/accounts.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** A person as colleagues of the workspace see them. */
export interface MemberRow {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly isAddressProven: boolean;
  readonly hasSecondFactor: boolean;
  readonly role: Role;
  readonly joinedAt: Date;
}

const SHOWN = {
  userId: members.userId,
  name: users.name,
  email: users.email,
  isAddressProven: users.emailVerified,
  hasSecondFactor: users.twoFactorEnabled,
  role: members.role,
  joinedAt: members.createdAt,
};

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

/** Everybody who belongs to the workspace: from owner to viewers, those of a role in the order they joined. */
export function listMembers(scope: TenantScope, tx: Tx): Promise<MemberRow[]> {
  return tx
    .select(SHOWN)
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(eq(members.tenantId, scope.tenantId))
    .orderBy(
      sql`array_position(ARRAY['owner', 'admin', 'member', 'viewer'], ${members.role})`,
      asc(members.createdAt),
      asc(members.userId),
    );
}

/** One member; null for somebody who does not belong to the workspace. `userId` is a uuid. */
export async function findMember(scope: TenantScope, tx: Tx, userId: string): Promise<MemberRow | null> {
  const [row] = await tx
    .select(SHOWN)
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.tenantId, scope.tenantId), eq(members.userId, userId)));
  return row ?? null;
}

/** The member of this address; null when no member has it. `email` is lower-case. */
export async function findMemberByEmail(
  scope: TenantScope,
  tx: Tx,
  email: string,
): Promise<MemberRow | null> {
  const [row] = await tx
    .select(SHOWN)
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.tenantId, scope.tenantId), eq(users.email, email)));
  return row ?? null;
}

export async function countMembers(scope: TenantScope, tx: Tx): Promise<number> {
  const [row] = await tx
    .select({ members: count() })
    .from(members)
    .where(eq(members.tenantId, scope.tenantId));
  return row?.members ?? 0;
}

/** Gives a member another role, if they still have the role `from`; false otherwise. */
export async function updateMemberRole(
  scope: TenantScope,
  tx: Tx,
  change: { readonly userId: string; readonly from: Role; readonly to: Role },
): Promise<boolean> {
  const { rowCount } = await tx
    .update(members)
    .set({ role: change.to })
    .where(
      and(
        eq(members.tenantId, scope.tenantId),
        eq(members.userId, change.userId),
        eq(members.role, change.from),
      ),
    );
  return rowCount === 1;
}

/** Takes a person out of the workspace; false when they did not belong to it. */
export async function deleteMember(scope: TenantScope, tx: Tx, userId: string): Promise<boolean> {
  const { rowCount } = await tx
    .delete(members)
    .where(and(eq(members.tenantId, scope.tenantId), eq(members.userId, userId)));
  return rowCount === 1;
}

/** Signs a member of the workspace out everywhere; nobody else's sessions can be ended so. */
export async function endSessionsOfMember(_scope: TenantScope, tx: Tx, userId: string): Promise<void> {
  await tx.execute(sql`SELECT end_sessions_of_member(${userId})`);
}
