import { sha256Hex } from "@alivemcp/core/canonical-json";
import { deleteSessionsOfUser } from "@alivemcp/db/queries/sessions-identity";
import { resetPasswordMail } from "../mails/account-mails.ts";
import type { WebContext } from "../web-env.ts";
import type { IdentityDeps } from "./identity-deps.ts";
import { consumeToken, issueToken, peekToken } from "./mail-tokens.ts";
import { judgePassword } from "./password-rules.ts";
import { recordAccountChange } from "./record-account-change.ts";
import { tellAccountChange } from "./tell-account-change.ts";

const LIFE_MS = 3_600_000;

/** Mails a link to set a new password, if the address has an account; the caller learns nothing either way. */
export async function sendPasswordReset(
  deps: IdentityDeps,
  input: { readonly email: string; readonly address: string },
): Promise<void> {
  const { email } = input;
  await deps.limits.spend("mail:address", input.address);
  await deps.limits.spend("mail:account", email);
  const { internalAdapter } = await deps.auth.$context;
  const found = await internalAdapter.findUserByEmail(email);
  const stamp = await passwordStamp(deps, found?.user.id ?? null);
  const common = { lifeMs: LIFE_MS, nowMs: deps.clock.nowMs() };
  if (found === null) {
    await issueToken(deps.auth, { ...common, kind: "none", payload: {} });
    return;
  }
  const payload = { userId: found.user.id, email, stamp };
  const token = await issueToken(deps.auth, { ...common, kind: "reset", payload });
  deps.mailer.post(
    await resetPasswordMail({ to: email, url: `${deps.config.APP_URL}/reset-password?token=${token}` }),
  );
}

export type ResetAnswer =
  | { readonly kind: "done"; readonly email: string }
  /** Used, expired, unknown, or the password was changed since the link was sent. */
  | { readonly kind: "link-void" }
  | { readonly kind: "refused"; readonly problem: string };

/** Sets the password that a mailed link is for, and ends every session of that person. */
export async function resetPassword(
  deps: IdentityDeps,
  c: WebContext,
  input: { readonly token: string; readonly password: string },
): Promise<ResetAnswer> {
  await deps.limits.spend("token:address", c.var.address);
  const seen = await peekToken(deps.auth, { kind: "reset", token: input.token, nowMs: deps.clock.nowMs() });
  const problem = seen === null ? null : judgePassword(input.password, seen.email);
  if (problem !== null) {
    return { kind: "refused", problem };
  }
  const reset = await consumeToken(deps.auth, "reset", input.token);
  if (reset === null || (await passwordStamp(deps, reset.userId)) !== reset.stamp) {
    return { kind: "link-void" };
  }
  const { internalAdapter } = await deps.auth.$context;
  const user = await internalAdapter.findUserById(reset.userId);
  if (user === null || user.email !== reset.email) {
    return { kind: "link-void" };
  }
  await storePassword(deps, { userId: user.id, password: input.password });
  await deleteSessionsOfUser(deps.identityPool, user.id);
  await recordAccountChange(deps, c, { userId: user.id, action: "account.reset_password" });
  await tellAccountChange(deps, user.email, "password-changed");
  return { kind: "done", email: user.email };
}

/** Names a person's present password without telling it; of nobody's it is as quick to find. */
async function passwordStamp(deps: Pick<IdentityDeps, "auth">, userId: string | null): Promise<string> {
  const { internalAdapter } = await deps.auth.$context;
  const account = await internalAdapter.findCredentialAccount(userId ?? NOBODY);
  return sha256Hex(`reset ${account?.password ?? "none"}`);
}
const NOBODY = "00000000-0000-4000-8000-000000000000";

/** Replaces a person's password, or gives them their first. */
export async function storePassword(
  deps: Pick<IdentityDeps, "auth">,
  input: { readonly userId: string; readonly password: string },
): Promise<void> {
  const { internalAdapter, password } = await deps.auth.$context;
  const hash = await password.hash(input.password);
  if ((await internalAdapter.findCredentialAccount(input.userId)) === null) {
    await internalAdapter.linkAccount({
      userId: input.userId,
      providerId: "credential",
      accountId: input.userId,
      password: hash,
    });
  } else {
    await internalAdapter.updatePassword(input.userId, hash);
  }
}
