import { AppError } from "@alivemcp/core/app-error";
import { INVITATION_LIFE_MS, type InvitedRole } from "@alivemcp/core/invitation";
import { decideInvitedRole } from "@alivemcp/core/membership";
import {
  countOpenInvitations,
  findUnsettledInvitation,
  type InvitationRow,
  insertInvitation,
  revokeInvitation,
} from "@alivemcp/db/queries/invitations";
import { countMembers, findMember, findMemberByEmail } from "@alivemcp/db/queries/members";
import type { Tx } from "@alivemcp/db/tenant-scope";
import { isMailAddress, type Mailer } from "@alivemcp/runtime/mail";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { requireMembership } from "../members/require-membership.ts";
import { requirePlanLimit } from "../require-plan-limit.ts";
import { invitationMail } from "./invitation-mail.ts";
import { newInvitationToken } from "./invitation-token.ts";
import { requireMailBudget } from "./send-budget.ts";

export interface InviteDeps extends Pick<ActionDeps, "pool" | "clock"> {
  readonly mailer: Pick<Mailer, "post">;
  /** Base URL of the dashboard, without a slash at its end: the link in the mail leads there. */
  readonly appUrl: string;
}

/**
 * Invites an address and sends the link, which works once within 7 days. Throws `invalid` for what is no address,
 * `conflict` when the person belongs to the workspace or has an open invitation, `limit_reached` when members and open
 * invitations together fill the plan, `rate_limited` when the workspace sent too many.
 */
export async function inviteMember(
  deps: InviteDeps,
  caller: Caller,
  input: { readonly email: string; readonly role: InvitedRole },
): Promise<InvitationRow> {
  const email = requireAddress(input.email);
  const nowMs = deps.clock.nowMs();
  const { token, tokenHash } = newInvitationToken();
  const invitedBy = caller.actor.kind === "member" ? caller.actor.userId : null;
  const invited = await change(deps, caller, "member.invite", async (tx, tenant) => {
    requireMembership(decideInvitedRole(caller.actor, input.role), "role");
    await requireNewcomer(caller, tx, { email, nowMs });
    const { scope } = caller;
    const taken = (await countMembers(scope, tx)) + (await countOpenInvitations(scope, tx, new Date(nowMs)));
    requirePlanLimit(tenant.plan, "membersMax", { wanted: taken + 1, field: "email" });
    await requireMailBudget(scope, tx, nowMs);
    const expiresAt = new Date(nowMs + INVITATION_LIFE_MS);
    const invitation = await insertInvitation(scope, tx, {
      email,
      role: input.role,
      tokenHash,
      invitedBy,
      createdAt: new Date(nowMs),
      expiresAt,
    });
    if (invitation === null) {
      throw alreadyInvited(email);
    }
    const inviter = invitedBy === null ? null : await findMember(scope, tx, invitedBy);
    return {
      result: { invitation, workspaceName: tenant.name, inviterName: inviter?.name ?? null },
      audit: { targetKind: "invitation", targetId: invitation.id, content: { email, role: input.role } },
    };
  });
  deps.mailer.post(
    invitationMail({
      ...invited,
      appUrl: deps.appUrl,
      token,
      to: email,
      role: input.role,
      expiresAtMs: invited.invitation.expiresAt.getTime(),
    }),
  );
  return invited.invitation;
}

/** An expired invitation makes way for a new one. */
async function requireNewcomer(
  { scope }: Caller,
  tx: Tx,
  { email, nowMs }: { readonly email: string; readonly nowMs: number },
): Promise<void> {
  if ((await findMemberByEmail(scope, tx, email)) !== null) {
    throw new AppError({
      code: "conflict",
      internal: "is a member already",
      public: `${email} belongs to this workspace already.`,
      field: "email",
    });
  }
  const earlier = await findUnsettledInvitation(scope, tx, email);
  if (earlier !== null && earlier.expiresAt.getTime() > nowMs) {
    throw alreadyInvited(email);
  }
  if (earlier !== null) {
    await revokeInvitation(scope, tx, earlier.id, new Date(nowMs));
  }
}

const alreadyInvited = (email: string) =>
  new AppError({
    code: "conflict",
    internal: "invited already",
    public: `${email} is invited already. You can send the invitation again or take it back.`,
    field: "email",
  });

function requireAddress(text: string): string {
  const email = text.trim().toLowerCase();
  if (!isMailAddress(email)) {
    throw new AppError({
      code: "invalid",
      internal: "no mail address",
      public: "This is not an e-mail address that we can write to.",
      field: "email",
    });
  }
  return email;
}
