/** Who may become what in a workspace, beyond the permission table: the rules about one person and another. */
import type { Actor, Role } from "./permissions.ts";

export interface Member {
  readonly userId: string;
  readonly role: Role;
}

export type MembershipRefusal =
  | "is-owner"
  | "one-owner"
  | "not-for-keys"
  | "is-oneself"
  | "owner-stays"
  | "address-unproven";

export type MembershipDecision =
  | { readonly kind: "allowed" }
  /** It is so already. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly reason: MembershipRefusal; readonly sentence: string };

const ALLOWED: MembershipDecision = { kind: "allowed" };
const refused = (reason: MembershipRefusal, sentence: string): MembershipDecision => ({
  kind: "refused",
  reason,
  sentence,
});

const NO_SECOND_OWNER = "A workspace has one owner, who can hand it over under Settings.";
const KEYS_KEEP_OFF_ADMINS =
  "An API key may not make, change or remove admins; a person has to, in the dashboard.";

/** As what somebody may be invited. A key that leaked must not be able to let in somebody who may make better ones. */
export function decideInvitedRole(actor: Actor, wanted: Role): MembershipDecision {
  if (wanted === "owner") {
    return refused("one-owner", NO_SECOND_OWNER);
  }
  return actor.kind === "api-key" && wanted === "admin"
    ? refused("not-for-keys", KEYS_KEEP_OFF_ADMINS)
    : ALLOWED;
}

/** Nobody touches the owner's role, nobody makes a second owner; admins may make admins and step down themselves. */
export function decideRoleChange(actor: Actor, member: Member, wanted: Role): MembershipDecision {
  if (member.role === wanted) {
    return { kind: "unchanged" };
  }
  if (member.role === "owner") {
    return refused(
      "is-owner",
      "The owner's role changes only by handing the workspace over, under Settings.",
    );
  }
  return member.role === "admin" && actor.kind === "api-key"
    ? refused("not-for-keys", KEYS_KEEP_OFF_ADMINS)
    : decideInvitedRole(actor, wanted);
}

/** The owner is never removed; who wants to go leaves, which says so in the audit log. */
export function decideRemoval(actor: Actor, member: Member): MembershipDecision {
  if (member.role === "owner") {
    return refused("is-owner", "The owner cannot be removed.");
  }
  if (actor.kind === "member" && actor.userId === member.userId) {
    return refused("is-oneself", "You cannot remove yourself; leave the workspace instead, under Settings.");
  }
  return actor.kind === "api-key" && member.role === "admin"
    ? refused("not-for-keys", KEYS_KEEP_OFF_ADMINS)
    : ALLOWED;
}

/** A workspace without an owner could never be paid for, handed over or deleted. */
export function decideLeave(member: Member): MembershipDecision {
  return member.role === "owner"
    ? refused("owner-stays", "You own this workspace: hand it over to a member first, or delete it.")
    : ALLOWED;
}

/** Only to somebody else who belongs to the workspace and has proven their address: they will be the one to write to. */
export function decideTransfer(
  owner: Member,
  successor: Member & { readonly isAddressProven: boolean },
): MembershipDecision {
  if (owner.userId === successor.userId) {
    return refused("is-oneself", "You own this workspace already.");
  }
  return successor.isAddressProven
    ? ALLOWED
    : refused("address-unproven", "They have to confirm their e-mail address first.");
}
