import { AppError } from "@alivemcp/core/app-error";
import { invariant } from "@alivemcp/core/invariant";
import { decideInvitationUse, type InvitationRefusal, type InvitationState } from "@alivemcp/core/invitation";
import { insertAuditRow } from "@alivemcp/db/queries/audit-log";
import {
  findInvitation as findInvitationRow,
  type InvitationRow,
  settleInvitation,
} from "@alivemcp/db/queries/invitations";
import type { PresentedInvitation } from "@alivemcp/db/queries/invitations-identity";
import { countMembers, findMember, insertMember } from "@alivemcp/db/queries/members";
import { lockTenant } from "@alivemcp/db/queries/tenants";
import { grantTenantScope, type TenantScope, type Tx, withTenant } from "@alivemcp/db/tenant-scope";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { ActionDeps } from "../action-deps.ts";
import { requirePlanLimit } from "../require-plan-limit.ts";
import { findInvitation } from "./find-invitation.ts";

/** Who accepts, as their session and the identity tables say. */
export interface Invitee {
  readonly userId: string;
  readonly email: string;
  readonly isAddressProven: boolean;
  readonly requestId: string | null;
  readonly address: string | null;
}

export type Acceptance =
  | { readonly kind: "joined"; readonly workspaceSlug: string; readonly workspaceName: string }
  /** They belong to the workspace: a second click on the link, or invited by two people. Their role stays. */
  | { readonly kind: "member-already"; readonly workspaceSlug: string; readonly workspaceName: string }
  | { readonly kind: "refused"; readonly reason: InvitationRefusal; readonly sentence: string };

/**
 * Makes a signed-in person a member by the link of an invitation. Used twice at once it lets in once. Throws
 * `not_found` for a token that never was one, `limit_reached` when the plan became too small meanwhile, `forbidden`
 * when the workspace is suspended or on its way out.
 */
export async function acceptInvitation(
  deps: Pick<ActionDeps, "pool" | "clock"> & { readonly identityPool: Pool },
  token: string,
  invitee: Invitee,
): Promise<Acceptance> {
  const invitation = await findInvitation(deps, token);
  if (invitation === null) {
    throw noSuchInvitation();
  }
  const scope = grantTenantScope(invitation.tenantId, "invitation");
  return withTenant(scope, deps.pool, (tx) =>
    acceptWithin({ scope, tx }, { invitation, invitee, nowMs: deps.clock.nowMs() }),
  );
}

interface Use {
  readonly invitation: PresentedInvitation;
  readonly invitee: Invitee;
  readonly nowMs: number;
}

/** Reads the invitation again under the tenant's lock: of two who use it at once, the second sees it used. */
async function acceptWithin(
  { scope, tx }: { readonly scope: TenantScope; readonly tx: Tx },
  { invitation: presented, invitee, nowMs }: Use,
): Promise<Acceptance> {
  const { workspaceSlug, workspaceName } = presented;
  const tenant = await lockTenant(scope, tx);
  const invitation = await findInvitationRow(scope, tx, presented.id);
  if (tenant === null || invitation === null) {
    throw noSuchInvitation();
  }
  if ((await findMember(scope, tx, invitee.userId)) !== null) {
    return { kind: "member-already", workspaceSlug, workspaceName };
  }
  const decision = decideInvitationUse(stateOf(invitation), invitee, nowMs);
  if (decision.kind === "refused") {
    return decision;
  }
  if (tenant.suspendedAt !== null || tenant.deletionDueAt !== null) {
    throw new AppError({
      code: "forbidden",
      internal: "workspace is closed",
      public: "This workspace takes nobody in now: it is suspended or on its way out.",
    });
  }
  requirePlanLimit(tenant.plan, "membersMax", { wanted: (await countMembers(scope, tx)) + 1 });
  const isSettled = await settleInvitation(scope, tx, invitation.id, new Date(nowMs));
  invariant(isSettled, "the tenant's row is locked, so nobody settled it meanwhile");
  await insertMember(scope, tx, { userId: invitee.userId, role: invitation.role });
  await insertAuditRow(scope, tx, {
    actorKind: "member",
    actorId: invitee.userId,
    action: "invitation.accept",
    targetKind: "invitation",
    targetId: invitation.id,
    reason: null,
    fromAddress: invitee.address,
    requestId: invitee.requestId,
    content: { user_id: invitee.userId, role: invitation.role },
  });
  return { kind: "joined", workspaceSlug, workspaceName };
}

const stateOf = (row: InvitationRow): InvitationState => ({
  email: row.email,
  expiresAtMs: row.expiresAt.getTime(),
  acceptedAtMs: row.acceptedAt?.getTime() ?? null,
  revokedAtMs: row.revokedAt?.getTime() ?? null,
});

const noSuchInvitation = () =>
  new AppError({
    code: "not_found",
    internal: "no such invitation token",
    public: "There is no such invitation. Check that the whole link of the mail was copied.",
  });
