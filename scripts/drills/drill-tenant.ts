/** A workspace for a drill, made behind the sign-up's back: its owner, an API key, sinks that count as verified. */
import { randomUUID } from "node:crypto";
import { createKey } from "@alivemcp/actions/keys/create-key";
import type { Scope } from "@alivemcp/core/permissions";
import type { SinkKind } from "@alivemcp/core/sink-kind";
import { grantTenantScope } from "@alivemcp/db/tenant-scope";
import { systemClock } from "@alivemcp/runtime/clock";
import { openPool } from "@alivemcp/runtime/postgres";
import { type SinkPublicKey, sealSettings } from "@alivemcp/runtime/sink-keys";
import pg from "pg";
import type { RunningCopy } from "./running-copy.ts";

export interface DrillTenant {
  readonly id: string;
  readonly userId: string;
  readonly apiKey: string;
}

/** A workspace on the plan `team`. */
export async function addDrillTenant(running: RunningCopy, scopes: readonly Scope[]): Promise<DrillTenant> {
  const [id, userId] = [randomUUID(), randomUUID()];
  await asSuperuser(running, async (client) => {
    await client.query("INSERT INTO users (id, name, email, email_verified) VALUES ($1, 'Drill', $2, true)", [
      userId,
      `${userId}@example.com`,
    ]);
    await client.query("INSERT INTO tenants (id, name, slug, plan) VALUES ($1, 'Drill', $2, 'team')", [
      id,
      `drill-${id}`,
    ]);
    await client.query("INSERT INTO members (tenant_id, user_id, role) VALUES ($1, $2, 'owner')", [
      id,
      userId,
    ]);
  });
  const pool = openPool(running.databaseUrl("app"), { max: 1, applicationName: "drill", onError: () => {} });
  const caller = {
    scope: grantTenantScope(id, "test"),
    actor: { kind: "member", userId, role: "owner" },
    requestId: null,
    address: null,
  } as const;
  const { token } = await createKey({ pool, clock: systemClock }, caller, {
    name: "drill",
    scopes: [...scopes],
    expiresAtMs: null,
  });
  await pool.end();
  return { id, userId, apiKey: token };
}

export interface DrillSink {
  readonly kind: SinkKind;
  readonly settings: unknown;
}

/** Sinks with their settings sealed, and one rule that sends everything of P1 and P2 to all of them. */
export async function addDrillSinks(
  running: RunningCopy,
  tenant: DrillTenant,
  input: { readonly key: SinkPublicKey; readonly sinks: readonly DrillSink[] },
): Promise<void> {
  await asSuperuser(running, async (client) => {
    const sinkIds: string[] = [];
    for (const { kind, settings } of input.sinks) {
      const sinkId = randomUUID();
      const binding = { tenantId: tenant.id, sinkId, version: 1 };
      const { sealed, sealingKeyId } = sealSettings(input.key, settings, binding);
      await client.query(
        `INSERT INTO sink (id, tenant_id, kind, name, state, shown, sealed, sealing_key_id, verified_at)
         VALUES ($1, $2, $3, $3, 'verified', $3, $4, $5, now())`,
        [sinkId, tenant.id, kind, JSON.stringify(sealed), sealingKeyId],
      );
      sinkIds.push(sinkId);
    }
    await client.query(
      `INSERT INTO alert_rule (tenant_id, name, position, severities, scope, sink_ids)
       VALUES ($1, 'Everything', 1, '{P1,P2}', '{"kind": "all"}', $2)`,
      [tenant.id, sinkIds],
    );
  });
}

/** Asks the REST API as a tenant. Throws with the answer unless it is a success. */
export async function askV1(
  running: RunningCopy,
  apiKey: string,
  request: { readonly method: string; readonly path: string; readonly body?: unknown },
): Promise<Record<string, unknown>> {
  const { method, path, body } = request;
  const response = await fetch(`http://127.0.0.1:${running.portBase + 1}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }
  return (await response.json()) as Record<string, unknown>;
}

/** Runs statements as the one who sees every row. */
export async function asSuperuser<T>(
  running: RunningCopy,
  run: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: running.superuserUrl });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
