import { createWorkspace } from "@alivemcp/actions/workspaces/create-workspace";
import { isPlanName } from "@alivemcp/core/plans";
import { claimWelcome, returnWelcome } from "@alivemcp/db/queries/people-identity";
import type { WebContext } from "../web-env.ts";
import { type AuthAnswer, personOfCookies, setCookies } from "./call-auth.ts";
import type { IdentityDeps } from "./identity-deps.ts";
import { recordAccountChange } from "./record-account-change.ts";

type FinishDeps = Pick<IdentityDeps, "auth" | "identityPool" | "pool" | "log" | "config">;

/** Whoever comes to accept an invitation gets a workspace of their own another time. */
const INVITATION = /^\/invitations\//;

/**
 * Gives the browser what the library answered a right proof with, and says where to go: on to the second factor, or,
 * signed in, to `next`. At the first sign-in the person gets a workspace named after them.
 */
export async function finishSignIn(
  deps: FinishDeps,
  c: WebContext,
  input: { readonly answer: AuthAnswer & { readonly kind: "ok" }; readonly next: string },
): Promise<string> {
  const { answer, next } = input;
  setCookies(c, answer);
  if (answer.body.twoFactorRedirect === true) {
    return `/sign-in/code?next=${encodeURIComponent(next)}`;
  }
  const person = await personOfCookies(deps.auth, answer.cookies);
  if (person === null) {
    return "/sign-in";
  }
  await recordAccountChange(deps, c, { userId: person.userId, action: "account.sign_in" });
  if (!INVITATION.test(next)) {
    await welcome(deps, c, person);
  }
  return next;
}

async function welcome(
  deps: FinishDeps,
  c: WebContext,
  person: { readonly userId: string; readonly name: string },
): Promise<void> {
  if (!(await claimWelcome(deps.identityPool, person.userId))) {
    return;
  }
  const { DEFAULT_PLAN } = deps.config;
  try {
    await createWorkspace(deps, {
      name: person.name,
      plan: isPlanName(DEFAULT_PLAN) ? DEFAULT_PLAN : "public",
      ownerId: person.userId,
      requestId: c.var.requestId,
      address: c.var.address,
    });
  } catch (err) {
    // The person is signed in all the same and can make one on the start page.
    deps.log.error({ err, userId: person.userId }, "the first workspace could not be made");
    await returnWelcome(deps.identityPool, person.userId);
  }
}
