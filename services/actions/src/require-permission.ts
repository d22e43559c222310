import { AppError } from "@alivemcp/core/app-error";
import { type Action, decidePermission } from "@alivemcp/core/permissions";
import type { Caller } from "./caller.ts";

/** Throws `forbidden`, with who could help, unless the caller may do this in its tenant. */
export function requirePermission(caller: Caller, action: Action): void {
  const decision = decidePermission(caller.actor, action);
  if (decision.kind === "refused") {
    throw new AppError({
      code: "forbidden",
      internal: `${action}: ${decision.reason}`,
      public: decision.sentence,
    });
  }
}
