import { invitationTokenHash, newInvitationToken } from "../invitations/invitation-token.ts";

/** 256 bits that only a message holds, and the hash under which the database knows them: as with invitations. */
export const newSubscriptionToken = newInvitationToken;

/** The hash of a token from an address; null for what cannot be one. */
export const subscriptionTokenHash = invitationTokenHash;
