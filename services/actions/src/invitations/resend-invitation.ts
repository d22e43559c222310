import { invariant } from "@alivemcp/core/invariant";
import { INVITATION_LIFE_MS } from "@alivemcp/core/invitation";
import { decideInvitedRole } from "@alivemcp/core/membership";
import { countOpenInvitations, type InvitationRow, renewInvitation } from "@alivemcp/db/queries/invitations";
import { countMembers, findMember } from "@alivemcp/db/queries/members";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { requireMembership } from "../members/require-membership.ts";
import { requirePlanLimit } from "../require-plan-limit.ts";
import { getUnsettledInvitation } from "./get-unsettled-invitation.ts";
import { invitationMail } from "./invitation-mail.ts";
import { newInvitationToken } from "./invitation-token.ts";
import type { InviteDeps } from "./invite-member.ts";
import { requireMailBudget, requireResendPause } from "./send-budget.ts";

/**
 * Sends an invitation again with a new link and 7 new days; the link before stops working. Throws `not_found`,
 * `conflict` when it is settled, `limit_reached` when an expired one no longer fits the plan, `rate_limited`.
 */
export async function resendInvitation(deps: InviteDeps, caller: Caller, id: string): Promise<InvitationRow> {
  const nowMs = deps.clock.nowMs();
  const { token, tokenHash } = newInvitationToken();
  const sent = await change(deps, caller, "member.invite", async (tx, tenant) => {
    const { scope, actor } = caller;
    const earlier = await getUnsettledInvitation(scope, tx, id);
    requireMembership(decideInvitedRole(actor, earlier.role), "role");
    requireResendPause(earlier.sentAt.getTime(), nowMs);
    await requireMailBudget(scope, tx, nowMs);
    if (earlier.expiresAt.getTime() <= nowMs) {
      const taken =
        (await countMembers(scope, tx)) + (await countOpenInvitations(scope, tx, new Date(nowMs)));
      requirePlanLimit(tenant.plan, "membersMax", { wanted: taken + 1 });
    }
    const invitation = await renewInvitation(scope, tx, {
      id,
      tokenHash,
      sentAt: new Date(nowMs),
      expiresAt: new Date(nowMs + INVITATION_LIFE_MS),
    });
    invariant(invitation !== null, "the tenant's row is locked, so nobody settled it meanwhile");
    const inviter = actor.kind === "member" ? await findMember(scope, tx, actor.userId) : null;
    return {
      result: { invitation, workspaceName: tenant.name, inviterName: inviter?.name ?? null },
      audit: { deed: "invitation.resend", targetKind: "invitation", targetId: id },
    };
  });
  const { invitation } = sent;
  deps.mailer.post(
    invitationMail({
      ...sent,
      appUrl: deps.appUrl,
      token,
      to: invitation.email,
      role: invitation.role,
      expiresAtMs: invitation.expiresAt.getTime(),
    }),
  );
  return invitation;
}
