import { AppError } from "@alivemcp/core/app-error";
import { endpointFieldsOf } from "@alivemcp/core/endpoint-input";
import type { ActionDeps } from "../action-deps.ts";
import { registerEndpoint } from "../endpoints/register-endpoint.ts";
import { requirePermission } from "../require-permission.ts";
import { importGone } from "./get-import.ts";
import type { ImportedRow, ImportResult, ImportRow } from "./import-rows.ts";
import { findImport, type ImportOwner, takePreview, writeImport } from "./import-store.ts";

/** Rows at work at once: names are resolved side by side, the rows of one workspace are written one after the other. */
const CONCURRENT = 4;

/**
 * Registers the rows of a preview, each in a transaction of its own: one that is refused stops no other. Confirmed
 * twice, it is done once. Throws `not_found` when there is no such preview in this session.
 */
export async function confirmImport(deps: ActionDeps, owner: ImportOwner, id: string): Promise<void> {
  requirePermission(owner.caller, "endpoint.create");
  const preview = await takePreview(deps, owner, id);
  if (preview === null) {
    if ((await findImport(deps, owner, id)) === null) {
      throw importGone();
    }
    return;
  }
  const result = await registerRows(deps, owner, preview.rows);
  await writeImport(deps, owner, id, { kind: "done", result });
}

async function registerRows(
  deps: ActionDeps,
  owner: ImportOwner,
  rows: readonly ImportRow[],
): Promise<ImportResult> {
  const done: ImportedRow[] = [];
  const waiting = [...rows.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, row] = next;
      done[index] = await registerRow(deps, owner, row);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, work));
  return { rows: done };
}

async function registerRow(deps: ActionDeps, { caller }: ImportOwner, row: ImportRow): Promise<ImportedRow> {
  const { line, name } = row;
  if (row.kind === "refused") {
    return { kind: "refused", line, name, reason: row.reason };
  }
  try {
    const { url } = row.body;
    const { endpoint } = await registerEndpoint(deps, caller, { ...endpointFieldsOf(row.body), url });
    return { kind: "added", line, name, slug: endpoint.slug };
  } catch (err) {
    if (err instanceof AppError && err.code !== "internal") {
      return { kind: "refused", line, name, reason: err.public };
    }
    deps.log.error({ err }, "a row of an import failed");
    return {
      kind: "refused",
      line,
      name,
      reason: "Something went wrong on our side; please import this one again.",
    };
  }
}
