import { AppError } from "@alivemcp/core/app-error";
import type { InternalCaller } from "@alivemcp/core/internal-port";
import type { WebContext } from "../web-env.ts";

/** What the api needs to know of who asks; it reads their role by itself. */
export function internalCaller(c: WebContext): InternalCaller {
  const { viewer, workspace, requestId, address } = c.var;
  if (viewer === null) {
    throw new AppError({ code: "unauthenticated", internal: "no session", public: "Sign in first." });
  }
  return {
    tenantId: workspace.tenant.id,
    userId: viewer.userId,
    sessionId: viewer.sessionId,
    requestId: requestId.slice(0, 300),
    address: address.slice(0, 100),
  };
}
