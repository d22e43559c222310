import type { InvitedRole } from "@alivemcp/core/invitation";
import type { Mail } from "@alivemcp/runtime/mail";
import { plainMail } from "../plain-mail.ts";

const MAY: Readonly<Record<InvitedRole, string>> = {
  admin: "an admin, who may change everything but the workspace's existence",
  member: "a member, who may register and change endpoints",
  viewer: "a viewer, who sees everything and changes nothing",
};

/** The mail that carries the token; nothing else does. */
export function invitationMail(input: {
  readonly appUrl: string;
  readonly token: string;
  readonly to: string;
  readonly role: InvitedRole;
  readonly workspaceName: string;
  /** Null when an API key or an operator invited. */
  readonly inviterName: string | null;
  readonly expiresAtMs: number;
}): Mail {
  const { workspaceName, inviterName } = input;
  const who = inviterName ?? "Somebody";
  return plainMail({
    to: input.to,
    subject: `${who} invites you to ${workspaceName} on AliveMCP`,
    before: [
      `${who} invites you to the workspace “${workspaceName}” on AliveMCP, which watches whether MCP servers are alive.`,
      `You would be ${MAY[input.role]}. Sign in or sign up with this address, ${input.to}, to join:`,
    ],
    link: { url: `${input.appUrl}/invitations/${input.token}`, label: `Join ${workspaceName}` },
    after: [
      `The link works once, until ${new Date(input.expiresAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC.`,
      "If you did not expect this, do nothing: without you nobody joins.",
    ],
  });
}
