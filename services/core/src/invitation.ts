import type { Role } from "./permissions.ts";

/** How long the link in the mail works. */
export const INVITATION_LIFE_MS = 7 * 86_400_000;

/** As whom somebody may be invited; ownership is handed over instead. */
export const INVITED_ROLES = ["admin", "member", "viewer"] as const satisfies readonly Role[];
export type InvitedRole = (typeof INVITED_ROLES)[number];

export interface InvitationState {
  readonly email: string;
  readonly expiresAtMs: number;
  readonly acceptedAtMs: number | null;
  readonly revokedAtMs: number | null;
}

export type InvitationRefusal = "used" | "revoked" | "expired" | "other-address" | "unproven-address";

export type InvitationDecision =
  | { readonly kind: "allowed" }
  | { readonly kind: "refused"; readonly reason: InvitationRefusal; readonly sentence: string };

/**
 * Says whether this person may join by this invitation now. The link alone is not enough: it may have been forwarded,
 * so whoever uses it must have proven the address it was sent to.
 */
export function decideInvitationUse(
  invitation: InvitationState,
  person: { readonly email: string; readonly isAddressProven: boolean },
  nowMs: number,
): InvitationDecision {
  if (invitation.acceptedAtMs !== null) {
    return refused("used", "This invitation has been used already.");
  }
  if (invitation.revokedAtMs !== null) {
    return refused("revoked", "This invitation was taken back. Ask whoever sent it for a new one.");
  }
  if (invitation.expiresAtMs <= nowMs) {
    return refused("expired", "This invitation has expired. Ask whoever sent it to send it again.");
  }
  if (invitation.email !== person.email.toLowerCase()) {
    return refused(
      "other-address",
      `This invitation was sent to ${invitation.email}, and you are signed in as ${person.email}. Sign in with ${invitation.email} to join.`,
    );
  }
  return person.isAddressProven
    ? { kind: "allowed" }
    : refused("unproven-address", `Confirm ${invitation.email} first, by the mail that we sent to it.`);
}

const refused = (reason: InvitationRefusal, sentence: string): InvitationDecision => ({
  kind: "refused",
  reason,
  sentence,
});
