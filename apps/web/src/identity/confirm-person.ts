import { AppError } from "@alivemcp/core/app-error";
import type { WebContext } from "../web-env.ts";
import { authHeaders } from "./call-auth.ts";
import type { IdentityDeps } from "./identity-deps.ts";

/** Whoever has no password shows that they are still themselves by having signed in this recently. */
const FRESH_MS = 15 * 60_000;

export type PersonConfirmation =
  | { readonly kind: "confirmed"; readonly hasPassword: boolean }
  | { readonly kind: "wrong-password" };

/**
 * Makes sure, before something that could lock a person out, that it is them and not an open laptop: by the password,
 * or, of who has none, by a recent sign-in. Throws `unauthenticated` when that is too long ago.
 */
export async function confirmPerson(
  deps: Pick<IdentityDeps, "auth" | "limits" | "clock">,
  c: WebContext,
  given: string,
): Promise<PersonConfirmation> {
  const session = await deps.auth.api.getSession({ headers: authHeaders(c) });
  if (session === null) {
    throw tooOld();
  }
  const { internalAdapter, password } = await deps.auth.$context;
  const account = await internalAdapter.findCredentialAccount(session.user.id);
  if (account?.password) {
    await deps.limits.spend("password:account", session.user.email);
    const isRight = await password.verify({ hash: account.password, password: given });
    return isRight ? { kind: "confirmed", hasPassword: true } : { kind: "wrong-password" };
  }
  if (deps.clock.nowMs() - session.session.createdAt.getTime() > FRESH_MS) {
    throw tooOld();
  }
  return { kind: "confirmed", hasPassword: false };
}

const tooOld = () =>
  new AppError({
    code: "unauthenticated",
    internal: "session not fresh",
    public:
      "For this you must have signed in within the last 15 minutes. Sign out, sign in, and do it again.",
  });
