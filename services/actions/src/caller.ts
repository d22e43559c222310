import type { Actor } from "@alivemcp/core/permissions";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";

/** Who asks, for which tenant, and from where: made by authentication, handed to every verb. */
export interface Caller {
  readonly scope: TenantScope;
  readonly actor: Actor;
  readonly requestId: string | null;
  /** Address of the caller as the audit log shows it. */
  readonly address: string | null;
  /**
   * Runs last in the transaction of every change; what it throws undoes the change. The API notes there that a request
   * with an `Idempotency-Key` was carried out.
   */
  readonly beforeCommit?: (tx: Tx) => Promise<void>;
}
