/** For whom the dashboard asks on the internal port. */
import type { Caller } from "@alivemcp/actions/caller";
import { AppError } from "@alivemcp/core/app-error";
import { CALLER_HEADER, type InternalCaller, internalCallerSchema } from "@alivemcp/core/internal-port";
import { findMemberRole } from "@alivemcp/db/queries/members";
import { grantTenantScope, withTenant } from "@alivemcp/db/tenant-scope";
import type { Context } from "hono";
import type { Deps } from "../deps.ts";
import { requireBearer } from "./region-tokens.ts";

/** Throws `unauthenticated` unless the dashboard of this installation asks. */
export const requireDashboard = (deps: Pick<Deps, "config">, c: Context): void =>
  requireBearer([deps.config.INTERNAL_TOKEN], c.req.header("authorization"));

/** The person that the dashboard says it asks for. Throws `invalid` naming the header. */
export function callerHeader(c: Context): InternalCaller {
  const text = Buffer.from(c.req.header(CALLER_HEADER) ?? "", "base64url").toString();
  const parsed = internalCallerSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    throw new AppError({
      code: "invalid",
      internal: "no usable caller header",
      public: `Send who asks in ${CALLER_HEADER}.`,
      field: CALLER_HEADER,
    });
  }
  return parsed.data;
}

/** The same with their role, which is read here. Throws `not_found` when they do not belong to the workspace. */
export async function readCaller(deps: Pick<Deps, "pool">, c: Context): Promise<Caller> {
  const { tenantId, userId, requestId, address } = callerHeader(c);
  const scope = grantTenantScope(tenantId, "session");
  const role = await withTenant(scope, deps.pool, (tx) => findMemberRole(scope, tx, userId));
  if (role === null) {
    throw new AppError({
      code: "not_found",
      internal: "not a member",
      public: "There is no such workspace.",
    });
  }
  return { scope, actor: { kind: "member", userId, role }, requestId, address };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
