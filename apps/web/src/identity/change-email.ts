import { addressTakenMail, changeEmailMail } from "../mails/account-mails.ts";
import type { Viewer, WebContext } from "../web-env.ts";
import { confirmPerson } from "./confirm-person.ts";
import type { IdentityDeps } from "./identity-deps.ts";
import { consumeToken, issueToken } from "./mail-tokens.ts";
import { recordAccountChange } from "./record-account-change.ts";
import { tellAccountChange } from "./tell-account-change.ts";

const LIFE_MS = 3_600_000;

/** Mails the new address a link; nothing changes before it is opened. An address with an account is told instead. */
export async function startEmailChange(
  deps: IdentityDeps,
  c: WebContext,
  input: { readonly viewer: Viewer; readonly password: string; readonly newEmail: string },
): Promise<{ readonly kind: "sent" | "wrong-password" }> {
  const { viewer, newEmail } = input;
  const confirmation = await confirmPerson(deps, c, input.password);
  if (confirmation.kind === "wrong-password") {
    return confirmation;
  }
  await deps.limits.spend("mail:address", c.var.address);
  await deps.limits.spend("mail:account", newEmail);
  const taken = await (await deps.auth.$context).internalAdapter.findUserByEmail(newEmail);
  const token = await issueToken(deps.auth, {
    kind: "change-email",
    payload: { userId: viewer.userId, oldEmail: viewer.email, newEmail },
    lifeMs: LIFE_MS,
    nowMs: deps.clock.nowMs(),
  });
  const url = `${deps.config.APP_URL}/change-email?token=${token}`;
  deps.mailer.post(
    taken === null ? await changeEmailMail({ to: newEmail, url }) : await addressTakenMail({ to: newEmail }),
  );
  return { kind: "sent" };
}

/**
 * Moves the account to the address that a link was mailed to and tells the old one. False when the link is used,
 * expired or unknown, the address changed since, or somebody else has the new one by now.
 */
export async function confirmEmailChange(deps: IdentityDeps, c: WebContext, token: string): Promise<boolean> {
  await deps.limits.spend("token:address", c.var.address);
  const change = await consumeToken(deps.auth, "change-email", token);
  if (change === null) {
    return false;
  }
  const { internalAdapter } = await deps.auth.$context;
  const user = await internalAdapter.findUserById(change.userId);
  if (user?.email !== change.oldEmail || (await internalAdapter.findUserByEmail(change.newEmail)) !== null) {
    return false;
  }
  await internalAdapter.updateUser(user.id, { email: change.newEmail, emailVerified: true });
  await recordAccountChange(deps, c, {
    userId: user.id,
    action: "account.change_email",
    content: { email: change.newEmail },
  });
  await tellAccountChange(deps, change.oldEmail, "email-changed");
  return true;
}
