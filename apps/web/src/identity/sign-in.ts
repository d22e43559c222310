import type { WebContext } from "../web-env.ts";
import { type AuthAnswer, callAuth } from "./call-auth.ts";
import type { IdentityDeps } from "./identity-deps.ts";
import { findWaitingSignUp } from "./sign-up.ts";

export type SignInAnswer =
  | { readonly kind: "answered"; readonly answer: AuthAnswer & { readonly kind: "ok" } }
  /** Address or password is wrong; which of them, nobody learns. */
  | { readonly kind: "wrong" }
  /** Both are right, but the address was never confirmed. */
  | { readonly kind: "unconfirmed" };

/** Checks address and password. One password hash is computed whoever asks, so that time tells nothing. */
export async function signInWithPassword(
  deps: IdentityDeps,
  c: WebContext,
  input: { readonly email: string; readonly password: string },
): Promise<SignInAnswer> {
  await deps.limits.spend("password:address", c.var.address);
  await deps.limits.spend("password:account", input.email);
  const { internalAdapter, password } = await deps.auth.$context;
  const waiting = await findWaitingSignUp(deps, input.email);
  if (waiting !== null && (await internalAdapter.findUserByEmail(input.email)) === null) {
    const isRight = await password.verify({ hash: waiting.passwordHash, password: input.password });
    return { kind: isRight ? "unconfirmed" : "wrong" };
  }
  const answer = await callAuth(c, (headers) =>
    deps.auth.api.signInEmail({ body: input, headers, asResponse: true }),
  );
  return answer.kind === "ok" ? { kind: "answered", answer } : { kind: "wrong" };
}
