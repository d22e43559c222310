/**
 * What is remembered between sending a person to an authorization server and their coming back: in Redis, encrypted
 * with their tenant's data key, under the hash of the state, for ten minutes, and taken out once.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { grantTenantScope, type TenantScope, withTenant } from "@alivemcp/db/tenant-scope";
import { z } from "zod";
import type { Deps } from "../deps.ts";

const CONNECT_LIFE_MS = 10 * 60_000;

/** Who began: the same session has to come back, for the same workspace and endpoint. */
export interface Connector {
  readonly sessionId: string;
  readonly userId: string;
}

const attemptSchema = z.object({
  endpointId: z.uuid(),
  /** The endpoint's URL when the attempt began; another one by now ends it. */
  endpointUrl: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  clientSecret: z.string().nullable(),
  scope: z.string().nullable(),
  resource: z.string(),
  codeVerifier: z.string(),
});
export type ConnectAttempt = z.infer<typeof attemptSchema>;

const keptSchema = z.object({
  tenantId: z.uuid(),
  endpointId: z.uuid(),
  /** SHA-256 of session and person, hex. */
  connector: z.string(),
  dataKeyVersion: z.int(),
  sealed: z.base64(),
});

type StateDeps = Pick<Deps, "pool" | "redis" | "vault">;
const keyOf = (state: string) => `oauth-state:${createHash("sha256").update(state).digest("hex")}`;
const connectorHash = ({ sessionId, userId }: Connector) =>
  createHash("sha256")
    .update(JSON.stringify([sessionId, userId]))
    .digest("hex");

export async function keepAttempt(
  deps: StateDeps,
  by: { readonly scope: TenantScope; readonly connector: Connector },
  { state, attempt }: { readonly state: string; readonly attempt: ConnectAttempt },
): Promise<void> {
  const { scope, connector } = by;
  const { endpointId } = attempt;
  const { dataKeyVersion, sealed } = await withTenant(scope, deps.pool, (tx) =>
    deps.vault.seal(scope, tx, {
      plaintext: Buffer.from(JSON.stringify(attempt)),
      binding: { endpointId, version: 0, purpose: "connect" },
    }),
  );
  const kept: z.infer<typeof keptSchema> = {
    tenantId: scope.tenantId,
    endpointId,
    connector: connectorHash(connector),
    dataKeyVersion,
    sealed: sealed.toString("base64"),
  };
  await deps.redis.set(keyOf(state), JSON.stringify(kept), "PX", CONNECT_LIFE_MS);
}

/** Takes the attempt out; null when there is none, it ended, was used, or another session or person began it. */
export async function takeAttempt(
  deps: StateDeps,
  { state, connector }: { readonly state: string; readonly connector: Connector },
): Promise<{ readonly scope: TenantScope; readonly attempt: ConnectAttempt } | null> {
  const text = await deps.redis.getdel(keyOf(state));
  const kept = text === null ? null : keptSchema.parse(JSON.parse(text));
  if (kept === null || !isEqual(kept.connector, connectorHash(connector))) {
    return null;
  }
  const scope = grantTenantScope(kept.tenantId, "session");
  const plaintext = await withTenant(scope, deps.pool, (tx) =>
    deps.vault.open(scope, tx, {
      dataKeyVersion: kept.dataKeyVersion,
      sealed: Buffer.from(kept.sealed, "base64"),
      binding: { endpointId: kept.endpointId, version: 0, purpose: "connect" },
    }),
  );
  return { scope, attempt: attemptSchema.parse(JSON.parse(plaintext.toString())) };
}

const isEqual = (a: string, b: string) =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
