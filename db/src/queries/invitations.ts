import type { InvitedRole } from "@alivemcp/core/invitation";
import { and, asc, count, eq, gt, isNull } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { invitations } from "../schema/accounts.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** An invitation as it may be shown: never the hash of its token. */
export interface InvitationRow {
  readonly id: string;
  readonly email: string;
  readonly role: InvitedRole;
  /** Null: the person is gone, or an API key or operator invited. */
  readonly invitedBy: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date;
  readonly expiresAt: Date;
  readonly acceptedAt: Date | null;
  readonly revokedAt: Date | null;
}

const SHOWN = {
  id: invitations.id,
  email: invitations.email,
  role: invitations.role,
  invitedBy: invitations.invitedBy,
  createdAt: invitations.createdAt,
  sentAt: invitations.sentAt,
  expiresAt: invitations.expiresAt,
  acceptedAt: invitations.acceptedAt,
  revokedAt: invitations.revokedAt,
};

const isUnsettled = (scope: TenantScope) =>
  and(
    eq(invitations.tenantId, scope.tenantId),
    isNull(invitations.acceptedAt),
    isNull(invitations.revokedAt),
  );

export interface NewInvitation {
  /** Lower-case. */
  readonly email: string;
  readonly role: InvitedRole;
  /** Lower-case hex SHA-256 of the token in the mail. */
  readonly tokenHash: string;
  readonly invitedBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Stores an invitation; null while one to the same address is neither accepted nor revoked. */
export async function insertInvitation(
  scope: TenantScope,
  tx: Tx,
  invitation: NewInvitation,
): Promise<InvitationRow | null> {
  const [row] = await tx
    .insert(invitations)
    .values({ ...invitation, sentAt: invitation.createdAt, tenantId: scope.tenantId })
    .onConflictDoNothing()
    .returning(SHOWN);
  return row ?? null;
}

/** Those that nobody accepted and nobody took back, expired ones included, oldest first. */
export function listUnsettledInvitations(scope: TenantScope, tx: Tx): Promise<InvitationRow[]> {
  return tx
    .select(SHOWN)
    .from(invitations)
    .where(isUnsettled(scope))
    .orderBy(asc(invitations.createdAt), asc(invitations.id));
}

/** How many could still be accepted at `at`: each may become a member. */
export async function countOpenInvitations(scope: TenantScope, tx: Tx, at: Date): Promise<number> {
  const [row] = await tx
    .select({ open: count() })
    .from(invitations)
    .where(and(isUnsettled(scope), gt(invitations.expiresAt, at)));
  return row?.open ?? 0;
}

/** Mails that this workspace had sent since then, to whomever; revoking an invitation does not forget them. */
export async function countInvitationMails(scope: TenantScope, tx: Tx, since: Date): Promise<number> {
  const [row] = await tx
    .select({ mails: sql<number>`coalesce(sum(${invitations.sentCount}), 0)::int` })
    .from(invitations)
    .where(and(eq(invitations.tenantId, scope.tenantId), gt(invitations.sentAt, since)));
  return row?.mails ?? 0;
}

/** One invitation of the tenant; null for another tenant's. `id` is a uuid. */
export async function findInvitation(scope: TenantScope, tx: Tx, id: string): Promise<InvitationRow | null> {
  const [row] = await tx
    .select(SHOWN)
    .from(invitations)
    .where(and(eq(invitations.tenantId, scope.tenantId), eq(invitations.id, id)));
  return row ?? null;
}

/** The unsettled invitation of an address, expired or not; null when there is none. */
export async function findUnsettledInvitation(
  scope: TenantScope,
  tx: Tx,
  email: string,
): Promise<InvitationRow | null> {
  const [row] = await tx
    .select(SHOWN)
    .from(invitations)
    .where(and(isUnsettled(scope), eq(invitations.email, email)));
  return row ?? null;
}

/** Gives an unsettled invitation a new token, which ends the one before, and a new life; null when it is settled. */
export async function renewInvitation(
  scope: TenantScope,
  tx: Tx,
  renewal: {
    readonly id: string;
    readonly tokenHash: string;
    readonly sentAt: Date;
    readonly expiresAt: Date;
  },
): Promise<InvitationRow | null> {
  const { id, ...columns } = renewal;
  const [row] = await tx
    .update(invitations)
    .set({ ...columns, sentCount: sql`${invitations.sentCount} + 1` })
    .where(and(isUnsettled(scope), eq(invitations.id, id)))
    .returning(SHOWN);
  return row ?? null;
}

/** Takes an unsettled invitation back; null when it is settled already. */
export async function revokeInvitation(
  scope: TenantScope,
  tx: Tx,
  id: string,
  at: Date,
): Promise<InvitationRow | null> {
  const [row] = await tx
    .update(invitations)
    .set({ revokedAt: at })
    .where(and(isUnsettled(scope), eq(invitations.id, id)))
    .returning(SHOWN);
  return row ?? null;
}

/** Uses an invitation up; false when it was settled or has expired by `at`: of two at once, one gets true. */
export async function settleInvitation(scope: TenantScope, tx: Tx, id: string, at: Date): Promise<boolean> {
  const { rowCount } = await tx
    .update(invitations)
    .set({ acceptedAt: at })
    .where(and(isUnsettled(scope), eq(invitations.id, id), gt(invitations.expiresAt, at)));
  return rowCount === 1;
}
