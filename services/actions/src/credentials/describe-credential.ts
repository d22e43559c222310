import { AppError } from "@alivemcp/core/app-error";
import {
  type CredentialDescription,
  describeCredential as describe,
} from "@alivemcp/core/credential-description";
import { findCredentialFacts } from "@alivemcp/db/queries/credentials";
import { findEndpoint } from "@alivemcp/db/queries/endpoints";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** What is known about an endpoint's credential, never the credential; null when it has none. Throws `not_found`. */
export function describeCredential(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  slugOrId: string,
): Promise<CredentialDescription | null> {
  return read(deps, caller, "credential.describe", async (tx) => {
    const endpoint = await findEndpoint(caller.scope, tx, slugOrId);
    if (endpoint === null) {
      throw new AppError({
        code: "not_found",
        internal: "no such endpoint",
        public: "There is no such endpoint.",
      });
    }
    const facts = await findCredentialFacts(caller.scope, tx, endpoint.id);
    return facts && describe(facts, deps.clock.nowMs());
  });
}
