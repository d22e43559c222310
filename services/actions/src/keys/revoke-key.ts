import { AppError } from "@alivemcp/core/app-error";
import { type ApiKey, findApiKey, revokeApiKey } from "@alivemcp/db/queries/api-keys";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Ends a key at once: every process looks a key up at each request. Ending it twice is ending it once. Throws
 * `not_found` for a key of another workspace.
 */
export function revokeKey(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  keyId: string,
): Promise<ApiKey> {
  return change(deps, caller, "key.revoke", async (tx) => {
    const known = UUID.test(keyId) ? await findApiKey(caller.scope, tx, keyId) : null;
    if (known === null) {
      throw new AppError({ code: "not_found", internal: "no such key", public: "There is no such API key." });
    }
    const revoked = await revokeApiKey(caller.scope, tx, keyId, new Date(deps.clock.nowMs()));
    return {
      result: revoked ?? known,
      audit: revoked && { targetKind: "api-key", targetId: keyId },
    };
  });
}
