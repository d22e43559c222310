import { AppError } from "@alivemcp/core/app-error";
import { chooseSlug, slugAfterVisibility } from "@alivemcp/core/slug";
import { type EndpointRow, takeSlug } from "@alivemcp/db/queries/endpoints";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { Caller } from "../caller.ts";

/**
 * The slug of an endpoint after a rename or a change of visibility, held until the transaction ends. The one before
 * goes on leading here. Throws `invalid` for a slug that cannot be one, `conflict` for one that is or was another's.
 */
export async function takeNewSlug(
  caller: Caller,
  tx: Tx,
  input: {
    readonly before: EndpointRow;
    readonly visibility: EndpointRow["visibility"];
    readonly typed: string | undefined;
    readonly suffix: string;
  },
): Promise<string> {
  const { before, visibility, typed, suffix } = input;
  const isFree = (wanted: string) =>
    takeSlug(caller.scope, tx, { wanted, endpointId: before.id, held: before.slug });
  if (typed === undefined) {
    const wanted = slugAfterVisibility(before, visibility, suffix);
    return (await isFree(wanted)) ? wanted : `${wanted}-${suffix.slice(0, 6)}`;
  }
  const chosen = chooseSlug(typed, { current: before, visibility, suffix });
  if (chosen.kind === "refused") {
    throw new AppError({
      code: "invalid",
      internal: chosen.reason,
      public: chosen.message,
      field: "slug",
    });
  }
  if (!(await isFree(chosen.slug))) {
    throw new AppError({
      code: "conflict",
      internal: "slug taken or retired",
      public: "This address is, or was, another endpoint's. Choose another one.",
      field: "slug",
    });
  }
  return chosen.slug;
}
