import { AppError } from "@alivemcp/core/app-error";
import { renameTenant, type Tenant } from "@alivemcp/db/queries/tenants";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";

/** As the column's check has it. */
const SLUG = /^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/;

/**
 * Gives the workspace another name, and another address when `slug` differs; links to the old address end. Throws
 * `invalid` or `conflict` naming the field.
 */
export function renameWorkspace(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  /** `name` has 1–200 characters, checked where it came in. */
  { name, slug }: { readonly name: string; readonly slug: string },
): Promise<Tenant> {
  return change(deps, caller, "workspace.update", async (tx, tenant) => {
    if (!SLUG.test(slug)) {
      throw slugRefused(
        "invalid",
        "An address has 1 to 60 of a–z, 0–9 and dashes, with no dash at its ends.",
      );
    }
    if (name === tenant.name && slug === tenant.slug) {
      return { result: tenant, audit: null };
    }
    const outcome = await renameTenant(caller.scope, tx, { name, slug });
    if (outcome.kind === "slug-taken") {
      throw slugRefused("conflict", "Another workspace has this address.");
    }
    return {
      result: { ...tenant, name, slug },
      audit: { targetKind: "workspace", targetId: tenant.id, content: { name, slug } },
    };
  });
}

const slugRefused = (code: "invalid" | "conflict", sentence: string) =>
  new AppError({ code, internal: "slug refused", public: sentence, field: "slug" });
