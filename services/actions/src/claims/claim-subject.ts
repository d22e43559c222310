import { AppError } from "@alivemcp/core/app-error";
import type { Transport } from "@alivemcp/core/states";
import { findEndpoint } from "@alivemcp/db/queries/endpoints";
import { findBoardEndpoint } from "@alivemcp/db/queries/follows";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";

/** What is to be proven: an endpoint of one's own that is not proven yet, or one on the board. */
export interface ClaimSubject {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** Of one on the board without its query. */
  readonly url: string;
  readonly transport: Transport;
  readonly isOwn: boolean;
  /** `free`: nobody claimed it. `mine`: it is proven already. `taken`: another workspace has it. */
  readonly state: "free" | "mine" | "taken";
}

/** Finds it by slug: one's own first, then the board. Throws `not_found` for everything hidden. */
export async function getClaimSubjectIn(scope: TenantScope, tx: Tx, slug: string): Promise<ClaimSubject> {
  const own = await findEndpoint(scope, tx, slug);
  if (own !== null) {
    const { id, name, url, transport, standing } = own;
    return {
      id,
      slug: own.slug,
      name,
      url,
      transport,
      isOwn: true,
      state: standing === "claimed" ? "mine" : "free",
    };
  }
  const listed = await findBoardEndpoint(scope, tx, slug);
  if (listed === null) {
    throw new AppError({
      code: "not_found",
      internal: "neither own nor on the board",
      public: "There is no such endpoint.",
    });
  }
  const { id, name, url } = listed;
  const state = listed.standing === "unclaimed" ? "free" : "taken";
  return { id, slug: listed.slug, name, url, transport: "auto", isOwn: false, state };
}

/** For who comes second: whom to write to, and never who has it. */
export function takenAlready(contact: string | null): AppError {
  const whom = contact === null ? "the operators of this installation" : contact;
  return new AppError({
    code: "conflict",
    internal: "claimed by another tenant",
    public: `This endpoint is claimed already. If it is yours, write to ${whom} and name its address; meanwhile you can follow it.`,
  });
}
