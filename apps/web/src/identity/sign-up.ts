import { alreadySignedUpMail, signUpMail } from "../mails/account-mails.ts";
import type { WebContext } from "../web-env.ts";
import type { AuthAnswer } from "./call-auth.ts";
import type { IdentityDeps } from "./identity-deps.ts";
import { consumeToken, issueToken, type TokenPayload } from "./mail-tokens.ts";
import { recordAccountChange } from "./record-account-change.ts";
import { signInAs } from "./sign-in-as.ts";

type SignUp = TokenPayload<"sign-up">;

const LIFE_MS = 24 * 3600 * 1_000;
/** Names what the latest sign-up of an address waits with until it is proven. Not a token: nobody is given it. */
const waitingKey = (email: string) => `sign-up of ${email}`;

/**
 * Takes a sign-up: nothing is made yet, the address gets a link. The caller learns nothing about whether there is an
 * account: one that exists gets another mail, and both take as long.
 */
export async function startSignUp(
  deps: IdentityDeps,
  input: {
    readonly email: string;
    readonly name: string;
    readonly password: string;
    readonly next: string;
    readonly address: string;
  },
): Promise<void> {
  await deps.limits.spend("sign-up:address", input.address);
  await deps.limits.spend("mail:account", input.email);
  const { password, internalAdapter } = await deps.auth.$context;
  const { email, name, next } = input;
  const signUp: SignUp = { email, name, next, passwordHash: await password.hash(input.password) };
  await internalAdapter.deleteVerificationByIdentifier(waitingKey(email));
  await internalAdapter.createVerificationValue({
    identifier: waitingKey(email),
    value: JSON.stringify(signUp),
    expiresAt: new Date(deps.clock.nowMs() + LIFE_MS),
  });
  await sendLink(deps, signUp);
}

/** Mails the link of an address's latest sign-up again; the same answer for any other address. */
export async function resendSignUp(
  deps: IdentityDeps,
  input: { readonly email: string; readonly address: string },
): Promise<void> {
  await deps.limits.spend("mail:address", input.address);
  await deps.limits.spend("mail:account", input.email);
  const waiting = await findWaitingSignUp(deps, input.email);
  if (waiting !== null) {
    await sendLink(deps, waiting);
  }
}

/** What an address that is not proven yet signed up with last; null when it did not, or over a day ago. */
export async function findWaitingSignUp(
  deps: Pick<IdentityDeps, "auth" | "clock">,
  email: string,
): Promise<SignUp | null> {
  const { internalAdapter } = await deps.auth.$context;
  const row = await internalAdapter.findVerificationValue(waitingKey(email));
  return row !== null && row.expiresAt.getTime() > deps.clock.nowMs()
    ? (JSON.parse(row.value) as SignUp)
    : null;
}

async function sendLink(deps: IdentityDeps, signUp: SignUp): Promise<void> {
  const { email } = signUp;
  const { internalAdapter } = await deps.auth.$context;
  const existing = await internalAdapter.findUserByEmail(email);
  const token = await issueToken(deps.auth, {
    kind: "sign-up",
    payload: signUp,
    lifeMs: LIFE_MS,
    nowMs: deps.clock.nowMs(),
  });
  const { APP_URL } = deps.config;
  deps.mailer.post(
    existing === null
      ? await signUpMail({ to: email, url: `${APP_URL}/sign-up/confirm?token=${token}` })
      : await alreadySignedUpMail({
          to: email,
          signInUrl: `${APP_URL}/sign-in`,
          forgotUrl: `${APP_URL}/forgot-password`,
        }),
  );
}

/**
 * Makes the account that a link was mailed for, with the password of that very sign-up, and signs the person in. Null
 * when the link is used, expired or unknown, or the address has an account by now.
 */
export async function confirmSignUp(
  deps: IdentityDeps,
  c: WebContext,
  token: string,
): Promise<{ readonly answer: AuthAnswer; readonly next: string } | null> {
  await deps.limits.spend("token:address", c.var.address);
  const signUp = await consumeToken(deps.auth, "sign-up", token);
  if (signUp === null) {
    return null;
  }
  const userId = await createPerson(deps, signUp);
  if (userId === null) {
    return null;
  }
  await recordAccountChange(deps, c, {
    userId,
    action: "account.create",
    content: { email: signUp.email, name: signUp.name },
  });
  return { answer: await signInAs(deps, c, signUp.email), next: signUp.next };
}

/** Null when the address has an account already: of two links opened at once one makes it. */
async function createPerson(deps: IdentityDeps, signUp: SignUp): Promise<string | null> {
  const { internalAdapter } = await deps.auth.$context;
  const { email, name, passwordHash } = signUp;
  if ((await internalAdapter.findUserByEmail(email)) !== null) {
    return null;
  }
  const user = await internalAdapter
    .createUser({ email, name, emailVerified: true }, { method: "email-password" })
    .catch(async (err: unknown) => {
      if ((await internalAdapter.findUserByEmail(email)) !== null) {
        return null;
      }
      throw err;
    });
  if (user === null) {
    return null;
  }
  await internalAdapter.linkAccount({
    userId: user.id,
    providerId: "credential",
    accountId: user.id,
    password: passwordHash,
  });
  await internalAdapter.deleteVerificationByIdentifier(waitingKey(email));
  return user.id;
}
