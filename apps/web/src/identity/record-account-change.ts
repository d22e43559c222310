import { insertUserAuditRow } from "@alivemcp/db/queries/user-audit-identity";
import type { WebContext } from "../web-env.ts";
import type { IdentityDeps } from "./identity-deps.ts";

/**
 * Writes what a person did to their own account into the audit log, right after it was done: the library keeps its own
 * transactions. A row that cannot be written is logged as an error and undoes nothing.
 */
export async function recordAccountChange(
  deps: Pick<IdentityDeps, "identityPool" | "log">,
  c: WebContext,
  change: { readonly userId: string; readonly action: string; readonly content?: unknown },
): Promise<void> {
  const { address: fromAddress, requestId } = c.var;
  try {
    await insertUserAuditRow(deps.identityPool, { ...change, fromAddress, requestId });
  } catch (err) {
    deps.log.error(
      { err, userId: change.userId, action: change.action, requestId },
      "an account change is not in the audit log",
    );
  }
}
