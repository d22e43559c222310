import { AppError } from "@alivemcp/core/app-error";
import { isEmptyToolList, type ToolListHashes } from "@alivemcp/core/drift-debounce";
import {
  acceptBaseline as acceptBaselineRows,
  findServedLists,
  type ServedLists,
} from "@alivemcp/db/queries/baselines";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getEndpointIn } from "../endpoints/get-endpoint.ts";
import { actorWords } from "./actor-words.ts";

export type AcceptedBaseline =
  | { readonly kind: "accepted"; readonly fullHash: string }
  /** Every region serves the baseline, or nothing was ever listed. */
  | { readonly kind: "nothing-new" };

/**
 * Calls the tool list that the endpoint serves now the right one; what drifted until now is accepted. `fullHash` names
 * the list where regions serve different ones, or where it was seen once only. Throws `conflict` when it is not named
 * and there are several, or when no region serves the named one any more.
 */
export function acceptBaseline(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  input: { readonly endpoint: string; readonly fullHash?: string | undefined },
): Promise<AcceptedBaseline> {
  return change<AcceptedBaseline>(deps, caller, "drift.accept", async (tx) => {
    const { id } = await getEndpointIn(caller.scope, tx, input.endpoint);
    const list = chooseList(await findServedLists(caller.scope, tx, id), input.fullHash);
    if (list === null) {
      return { result: { kind: "nothing-new" }, audit: null };
    }
    await acceptBaselineRows(caller.scope, tx, {
      endpointId: id,
      list,
      isEmpty: isEmptyToolList(list),
      at: new Date(deps.clock.nowMs()),
      acceptedBy: actorWords(caller.actor),
    });
    return {
      result: { kind: "accepted", fullHash: list.fullHash },
      audit: { targetKind: "endpoint", targetId: id, content: { baseline: list.fullHash } },
    };
  });
}

function chooseList({ baseline, others }: ServedLists, fullHash: string | undefined): ToolListHashes | null {
  if (fullHash !== undefined && fullHash !== baseline?.fullHash) {
    const named = others.find((list) => list.fullHash === fullHash);
    if (named === undefined) {
      throw conflict("No region serves this tool list any more. Look at the latest change and accept that.");
    }
    return named;
  }
  const believed = new Map(
    others.filter(({ isBelieved }) => isBelieved).map((list) => [list.fullHash, list]),
  );
  if (fullHash !== undefined || believed.size === 0) {
    return null;
  }
  if (believed.size > 1) {
    throw conflict("The regions serve different tool lists at the moment. Choose the one to accept.");
  }
  return [...believed.values()][0] ?? null;
}

function conflict(sentence: string): AppError {
  return new AppError({
    code: "conflict",
    internal: "no single list to accept",
    public: sentence,
    field: "full_hash",
  });
}
