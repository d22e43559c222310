import { deleteSessionsOfUser } from "@alivemcp/db/queries/sessions-identity";
import type { Viewer, WebContext } from "../web-env.ts";
import { confirmPerson } from "./confirm-person.ts";
import type { IdentityDeps } from "./identity-deps.ts";
import { judgePassword } from "./password-rules.ts";
import { recordAccountChange } from "./record-account-change.ts";
import { storePassword } from "./reset-password.ts";
import { tellAccountChange } from "./tell-account-change.ts";

export type ChangePasswordAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "wrong-password" }
  | { readonly kind: "refused"; readonly problem: string };

/** Changes the password, or sets the first, and signs out every other session. */
export async function changePassword(
  deps: IdentityDeps,
  c: WebContext,
  input: { readonly viewer: Viewer; readonly current: string; readonly password: string },
): Promise<ChangePasswordAnswer> {
  const { viewer, password } = input;
  const confirmation = await confirmPerson(deps, c, input.current);
  if (confirmation.kind === "wrong-password") {
    return confirmation;
  }
  const problem = judgePassword(password, viewer.email);
  if (problem !== null) {
    return { kind: "refused", problem };
  }
  await storePassword(deps, { userId: viewer.userId, password });
  await deleteSessionsOfUser(deps.identityPool, viewer.userId, { exceptSessionId: viewer.sessionId });
  await recordAccountChange(deps, c, { userId: viewer.userId, action: "account.change_password" });
  await tellAccountChange(deps, viewer.email, "password-changed");
  return { kind: "done" };
}
