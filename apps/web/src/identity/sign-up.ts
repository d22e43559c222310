import { sha256Hex } from "@alivemcp/core/canonical-json";
import { alreadySignedUpMail, signUpMail } from "../mails/account-mails.ts";
import type { WebContext } from "../web-env.ts";
import type { AuthAnswer } from "./call-auth.ts";
import type { IdentityDeps } from "./identity-deps.ts";
import { consumeToken, issueToken, peekToken, type TokenPayload } from "./mail-tokens.ts";
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
    /** Random, and kept by the browser that signs up. */
    readonly browser: string;
    readonly address: string;
  },
): Promise<void> {
  await deps.limits.spend("sign-up:address", input.address);
  await deps.limits.spend("mail:account", input.email);
  const { password, internalAdapter } = await deps.auth.$context;
  const { email, name, next } = input;
  const browserHash = sha256Hex(input.browser);
  const signUp: SignUp = {
    email,
    name,
    next,
    browserHash,
    passwordHash: await password.hash(input.password),
  };
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

export type SignUpConfirmation =
  | { readonly kind: "confirmed"; readonly answer: AuthAnswer; readonly next: string }
  /** Used, expired, unknown, or the address has an account by now. */
  | { readonly kind: "void" }
  /** Opened elsewhere than it was asked for: the link is good still. */
  | { readonly kind: "password-needed" }
  | { readonly kind: "wrong-password" };

/**
 * Makes the account that a link was mailed for, with the password of that very sign-up, and signs the person in. In
 * another browser than signed up, that password is asked for: else a stranger could sign up with somebody's address,
 * have them open the mail, and own a password of their account.
 */
export async function confirmSignUp(
  deps: IdentityDeps,
  c: WebContext,
  input: { readonly token: string; readonly browser: string | undefined; readonly password: string },
): Promise<SignUpConfirmation> {
  const { token, browser, password } = input;
  await deps.limits.spend("token:address", c.var.address);
  const waiting = await peekToken(deps.auth, { kind: "sign-up", token, nowMs: deps.clock.nowMs() });
  if (waiting === null) {
    return { kind: "void" };
  }
  if (browser === undefined || sha256Hex(browser) !== waiting.browserHash) {
    if (password === "") {
      return { kind: "password-needed" };
    }
    await deps.limits.spend("password:account", waiting.email);
    const { password: hasher } = await deps.auth.$context;
    if (!(await hasher.verify({ hash: waiting.passwordHash, password }))) {
      return { kind: "wrong-password" };
    }
  }
  const signUp = await consumeToken(deps.auth, "sign-up", token);
  const userId = signUp === null ? null : await createPerson(deps, signUp);
  if (signUp === null || userId === null) {
    return { kind: "void" };
  }
  await recordAccountChange(deps, c, {
    userId,
    action: "account.create",
    content: { email: signUp.email, name: signUp.name },
  });
  return { kind: "confirmed", answer: await signInAs(deps, c, signUp.email), next: signUp.next };
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
