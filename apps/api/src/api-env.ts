import type { Caller } from "@alivemcp/actions/caller";
import type { Plan } from "@alivemcp/core/plans";

/** What the middleware of `/v1` leaves for the routes behind it. */
export interface ApiEnv {
  Variables: {
    requestId: string;
    caller: Caller;
    /** Of the caller's tenant. */
    plan: Plan;
    /** The key as it was sent. Only to encrypt with: never logged, stored or answered. */
    presentedKey: string;
  };
}
