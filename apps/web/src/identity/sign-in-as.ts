import { randomBytes } from "node:crypto";
import type { WebContext } from "../web-env.ts";
import { type AuthAnswer, callAuth } from "./call-auth.ts";
import type { IdentityDeps } from "./identity-deps.ts";

/** The library's magic links are written and used up in one request, so they need not live longer. */
const LIFE_MS = 60_000;

/** Signs in the person who just opened a mail sent to this address; asks for the second factor of who has one. */
export async function signInAs(
  deps: Pick<IdentityDeps, "auth" | "clock">,
  c: WebContext,
  email: string,
): Promise<AuthAnswer> {
  const token = randomBytes(32).toString("base64url");
  const { internalAdapter } = await deps.auth.$context;
  await internalAdapter.createVerificationValue({
    identifier: token,
    value: JSON.stringify({ email }),
    expiresAt: new Date(deps.clock.nowMs() + LIFE_MS),
  });
  return callAuth(c, (headers) =>
    deps.auth.api.magicLinkVerify({ query: { token }, headers, asResponse: true }),
  );
}
