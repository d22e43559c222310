import { AppError } from "@alivemcp/core/app-error";
import type { MembershipDecision } from "@alivemcp/core/membership";

/** Throws `conflict` with the reason of a refusal; answers whether there is anything to do. */
export function requireMembership(decision: MembershipDecision, field: string): boolean {
  if (decision.kind === "refused") {
    throw new AppError({ code: "conflict", internal: decision.reason, public: decision.sentence, field });
  }
  return decision.kind === "allowed";
}
