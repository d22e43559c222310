import type { InvitedRole } from "@alivemcp/core/invitation";
import type pg from "pg";

/** What the holder of a link may know before they are a member. */
export interface PresentedInvitation {
  readonly id: string;
  readonly tenantId: string;
  readonly workspaceName: string;
  readonly workspaceSlug: string;
  /** Null: whoever invited is gone, or it was no person. */
  readonly inviterName: string | null;
  readonly email: string;
  readonly role: InvitedRole;
  readonly expiresAtMs: number;
  readonly acceptedAtMs: number | null;
  readonly revokedAtMs: number | null;
}

interface Row {
  readonly id: string;
  readonly tenant_id: string;
  readonly workspace_name: string;
  readonly workspace_slug: string;
  readonly inviter_name: string | null;
  readonly email: string;
  readonly role: InvitedRole;
  readonly expires_at: Date;
  readonly accepted_at: Date | null;
  readonly revoked_at: Date | null;
}

/** The invitation of a token's SHA-256, before its tenant is known; null when there is none. Runs as `identity`. */
export async function findInvitationByTokenHash(
  pool: pg.Pool,
  tokenHash: string,
): Promise<PresentedInvitation | null> {
  const { rows } = await pool.query<Row>(
    `SELECT i.id, i.tenant_id, t.name AS workspace_name, t.slug AS workspace_slug, u.name AS inviter_name, i.email, i.role,
       i.expires_at, i.accepted_at, i.revoked_at
     FROM invitations i JOIN tenants t ON t.id = i.tenant_id LEFT JOIN users u ON u.id = i.invited_by
     WHERE i.token_hash = $1`,
    [tokenHash],
  );
  const [row] = rows;
  return row
    ? {
        id: row.id,
        tenantId: row.tenant_id,
        workspaceName: row.workspace_name,
        workspaceSlug: row.workspace_slug,
        inviterName: row.inviter_name,
        email: row.email,
        role: row.role,
        expiresAtMs: row.expires_at.getTime(),
        acceptedAtMs: row.accepted_at?.getTime() ?? null,
        revokedAtMs: row.revoked_at?.getTime() ?? null,
      }
    : null;
}
