import { AppError } from "@alivemcp/core/app-error";
import { grantTenantScope } from "@alivemcp/db/tenant-scope";
import type { MiddlewareHandler } from "hono";
import type { WebEnv } from "../web-env.ts";

/**
 * For `/w/:workspace/*`, after `requireViewer`: what the viewer may do in that workspace. One they do not belong to is
 * not found, whether it exists or not.
 */
export function loadWorkspace(): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const { viewer, memberships } = c.var;
    const slug = c.req.param("workspace");
    const membership = memberships.find(({ tenant }) => tenant.slug === slug);
    if (viewer === null || membership === undefined) {
      throw new AppError({
        code: "not_found",
        internal: "no such workspace, or not a member",
        public: "There is no such workspace, or you do not belong to it.",
      });
    }
    const { tenant, role } = membership;
    c.set("workspace", {
      tenant,
      role,
      caller: {
        scope: grantTenantScope(tenant.id, "session"),
        actor: { kind: "member", userId: viewer.userId, role },
        requestId: c.var.requestId,
        address: c.var.address,
      },
    });
    await next();
  };
}
