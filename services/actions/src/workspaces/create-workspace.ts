import { randomBytes, randomUUID } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import type { PlanName } from "@alivemcp/core/plans";
import { slugBase } from "@alivemcp/core/slug";
import { insertAuditRow } from "@alivemcp/db/queries/audit-log";
import { insertMember } from "@alivemcp/db/queries/members";
import { insertTenant, type Tenant } from "@alivemcp/db/queries/tenants";
import { grantTenantScope, withTenant } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";

export interface NewWorkspace {
  /** 1–200 characters, checked where they came in. */
  readonly name: string;
  readonly plan: PlanName;
  readonly ownerId: string;
  readonly requestId: string | null;
  readonly address: string | null;
}

/** The readable part; the suffix and its dash stay within the 60 characters of a slug. */
const BASE_CHARS_MAX = 48;
const SLUG_TRIES = 5;

/**
 * Makes a workspace owned by this person: tenant, membership and audit row in one transaction. Its slug comes from
 * the name, with a short suffix when that is taken.
 */
export function createWorkspace(deps: Pick<ActionDeps, "pool">, input: NewWorkspace): Promise<Tenant> {
  const scope = grantTenantScope(randomUUID(), "session");
  return withTenant(scope, deps.pool, async (tx) => {
    for (let attempt = 0; attempt < SLUG_TRIES; attempt += 1) {
      const slug = slugFor(input.name, attempt);
      const tenant = await insertTenant(scope, tx, { name: input.name, slug, plan: input.plan });
      if (tenant !== null) {
        await insertMember(scope, tx, { userId: input.ownerId, role: "owner" });
        await insertAuditRow(scope, tx, {
          actorKind: "member",
          actorId: input.ownerId,
          action: "workspace.create",
          targetKind: "workspace",
          targetId: tenant.id,
          reason: null,
          fromAddress: input.address,
          requestId: input.requestId,
          content: { name: input.name, slug, plan: input.plan },
        });
        return tenant;
      }
    }
    throw new AppError({
      code: "conflict",
      internal: "no free workspace slug",
      public: "Please give the workspace another name.",
      field: "name",
    });
  });
}

function slugFor(name: string, attempt: number): string {
  const base = slugBase(name).slice(0, BASE_CHARS_MAX).replace(/-+$/, "");
  return attempt === 0 ? base : `${base}-${randomBytes(3).toString("hex")}`;
}
