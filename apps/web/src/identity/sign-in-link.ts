import { signInLinkMail } from "../mails/account-mails.ts";
import type { WebContext } from "../web-env.ts";
import type { AuthAnswer } from "./call-auth.ts";
import type { IdentityDeps } from "./identity-deps.ts";
import { consumeToken, issueToken } from "./mail-tokens.ts";
import { signInAs } from "./sign-in-as.ts";

const LIFE_MS = 15 * 60_000;

/** Mails a link that signs in, if the address has an account; the caller learns nothing either way. */
export async function sendSignInLink(
  deps: IdentityDeps,
  input: { readonly email: string; readonly next: string; readonly address: string },
): Promise<void> {
  const { email, next } = input;
  await deps.limits.spend("mail:address", input.address);
  await deps.limits.spend("mail:account", email);
  const found = await (await deps.auth.$context).internalAdapter.findUserByEmail(email);
  const common = { lifeMs: LIFE_MS, nowMs: deps.clock.nowMs() };
  if (found === null) {
    await issueToken(deps.auth, { ...common, kind: "none", payload: {} });
    return;
  }
  const payload = { userId: found.user.id, email, next };
  const token = await issueToken(deps.auth, { ...common, kind: "sign-in", payload });
  deps.mailer.post(
    await signInLinkMail({ to: email, url: `${deps.config.APP_URL}/sign-in/link?token=${token}` }),
  );
}

/** Uses a link up; null when it is used, expired or unknown, or was sent to an address that the person left since. */
export async function openSignInLink(
  deps: IdentityDeps,
  c: WebContext,
  token: string,
): Promise<{ readonly answer: AuthAnswer; readonly next: string } | null> {
  await deps.limits.spend("token:address", c.var.address);
  const link = await consumeToken(deps.auth, "sign-in", token);
  if (link === null) {
    return null;
  }
  const user = await (await deps.auth.$context).internalAdapter.findUserById(link.userId);
  return user?.email === link.email ? { answer: await signInAs(deps, c, link.email), next: link.next } : null;
}
