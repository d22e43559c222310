import { AppError } from "@alivemcp/core/app-error";
import type { ActionDeps } from "../action-deps.ts";
import { requirePermission } from "../require-permission.ts";
import { findImport, type ImportOwner, type StoredImport } from "./import-store.ts";

/** One import of this session, waiting or done. Throws `not_found` after half an hour and for everybody else's. */
export async function getImport(
  deps: Pick<ActionDeps, "redis">,
  owner: ImportOwner,
  id: string,
): Promise<StoredImport> {
  requirePermission(owner.caller, "endpoint.create");
  const stored = await findImport(deps, owner, id);
  if (stored === null) {
    throw importGone();
  }
  return stored;
}

export const importGone = () =>
  new AppError({
    code: "not_found",
    internal: "no such import in this session",
    public: "There is no such import. A preview is kept for half an hour; choose the file again.",
  });
