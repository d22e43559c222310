import {
  type CredentialDescription,
  describeCredential as describe,
} from "@alivemcp/core/credential-description";
import { findCredentialFacts } from "@alivemcp/db/queries/credentials";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { getEndpointIn } from "../endpoints/get-endpoint.ts";
import { read } from "../read.ts";

/** What is known about an endpoint's credential, never the credential; null when it has none. Throws `not_found`. */
export function describeCredential(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  slugOrId: string,
): Promise<CredentialDescription | null> {
  return read(deps, caller, "credential.describe", async (tx) => {
    const endpoint = await getEndpointIn(caller.scope, tx, slugOrId);
    const facts = await findCredentialFacts(caller.scope, tx, endpoint.id);
    return facts && describe(facts, deps.clock.nowMs());
  });
}
