import { updateTenantSuspension } from "@alivemcp/db/queries/plan-fit";
import type { Clock } from "@alivemcp/runtime/clock";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";

/**
 * Suspends a workspace (nothing of it is probed or changed; it can be seen, exported, left and deleted) or lifts that
 * when `reason` is null. For operators. Idempotent.
 */
export function suspendWorkspace(
  deps: { readonly operatorPool: Pool; readonly clock: Clock },
  caller: Caller,
  /** 1–500 characters; its members read it. */
  { reason }: { readonly reason: string | null },
): Promise<void> {
  return change({ pool: deps.operatorPool }, caller, "workspace.suspend", async (tx, tenant) => {
    if (reason === tenant.suspendedReason && (reason === null) === (tenant.suspendedAt === null)) {
      return { result: undefined, audit: null };
    }
    await updateTenantSuspension(caller.scope, tx, {
      suspendedAt: reason === null ? null : (tenant.suspendedAt ?? new Date(deps.clock.nowMs())),
      suspendedReason: reason,
    });
    return {
      result: undefined,
      audit: {
        deed: reason === null ? "workspace.resume" : "workspace.suspend",
        targetKind: "workspace",
        targetId: tenant.id,
        ...(reason !== null && { reason }),
      },
    };
  });
}
