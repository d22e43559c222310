import type { SinkKind, SinkState } from "@alivemcp/core/sink-kind";
import type { TestDatabase } from "../../../db/test/database.ts";
import type { TestTenant } from "../../../db/test/tenant.ts";

/** A sink of the tenant whose settings nobody can open; returns its id. */
export async function addSink(
  database: TestDatabase,
  tenant: TestTenant,
  options: {
    readonly kind?: SinkKind;
    readonly name?: string;
    readonly state?: SinkState;
    readonly isDefault?: boolean;
  } = {},
): Promise<string> {
  const { kind = "discord", name = "Sink", state = "verified", isDefault = false } = options;
  const { rows } = await database.pool("super").query<{ id: string }>(
    `INSERT INTO sink (tenant_id, kind, name, shown, sealed, sealing_key_id, is_default, state, verified_at, disabled_at)
     VALUES ($1, $2, $3, 'shown', '{}', 'test', $4, $5, $6, $7) RETURNING id`,
    [
      tenant.id,
      kind,
      name,
      isDefault,
      state,
      state === "verified" ? new Date() : null,
      state === "disabled" ? new Date() : null,
    ],
  );
  return String(rows[0]?.id);
}
