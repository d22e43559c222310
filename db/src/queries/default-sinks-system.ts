import type pg from "pg";
import { storableJson } from "./copy-rows.ts";
import { IS_TOLD } from "./incidents-system.ts";

/**
 * A default sink that we made shows its whole address: everybody who sees it sees the owner's among the members. One
 * that somebody entered is shown cut.
 */
const IS_OWNERS = "(s.kind = 'email' AND s.shown NOT LIKE '%…%')";

/** A workspace whose default sink is missing, or leads to somebody who does not own it any more. */
export interface StaleDefaultSink {
  readonly tenantId: string;
  readonly ownerId: string;
  /** Confirmed address of the owner. */
  readonly address: string;
  /** The sink that leads elsewhere; null: there is none. */
  readonly sinkId: string | null;
  readonly version: number;
}

/**
 * Workspaces, all or of the given ones, that have no default sink, or one of ours that is not the confirmed address of
 * their owner, at most `limit`. What somebody chose instead is left alone.
 */
export async function listStaleDefaultSinks(
  client: pg.ClientBase | pg.Pool,
  input: { readonly tenantIds: readonly string[] | null; readonly limit: number },
): Promise<readonly StaleDefaultSink[]> {
  const { rows } = await client.query<StaleDefaultSink>(
    `SELECT w.id AS "tenantId", u.id AS "ownerId", u.email AS address, s.id AS "sinkId", coalesce(s.version, 0) AS version
     FROM tenants w
     JOIN members m ON m.tenant_id = w.id AND m.role = 'owner'
     JOIN users u ON u.id = m.user_id AND u.email_verified AND u.deletion_requested_at IS NULL
     LEFT JOIN sink s ON s.tenant_id = w.id AND s.is_default
     WHERE ${IS_TOLD} AND ($1::uuid[] IS NULL OR w.id = ANY($1)) AND (s.id IS NULL OR (${IS_OWNERS} AND s.shown <> u.email))
     ORDER BY w.id LIMIT $2`,
    [input.tenantIds, input.limit],
  );
  return rows;
}

export interface DefaultSink {
  readonly id: string;
  readonly tenantId: string;
  readonly ownerId: string;
  readonly address: string;
  readonly version: number;
  readonly sealed: unknown;
  readonly sealingKeyId: string;
}

/**
 * Makes the given sinks the defaults of their workspaces, verified as their owners' accounts are. One that leads
 * elsewhere is turned round, under its id and with a higher version, so that rules that name it follow the owner.
 */
export async function saveDefaultSinks(
  client: pg.ClientBase | pg.Pool,
  input: { readonly sinks: readonly DefaultSink[]; readonly atMs: number },
): Promise<void> {
  if (input.sinks.length === 0) {
    return;
  }
  await client.query(
    `INSERT INTO sink AS s (id, tenant_id, kind, name, state, shown, sealed, sealing_key_id, version, is_default,
       verified_at, created_by)
     SELECT u.id, u.tenant_id, 'email', 'E-mail of the owner', 'verified', u.address, u.sealed::jsonb, u.key_id,
       u.version, true, $8, u.owner_id
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[])
       AS u (id, tenant_id, owner_id, address, sealed, key_id, version)
     ON CONFLICT (tenant_id) WHERE is_default DO UPDATE SET shown = excluded.shown, sealed = excluded.sealed,
       sealing_key_id = excluded.sealing_key_id, version = excluded.version, created_by = excluded.created_by,
       state = 'verified', verified_at = excluded.verified_at, disabled_at = NULL, disabled_reason = NULL,
       failures_in_a_row = 0, updated_at = now()
       WHERE s.id = excluded.id AND s.version < excluded.version`,
    [
      input.sinks.map(({ id }) => id),
      input.sinks.map(({ tenantId }) => tenantId),
      input.sinks.map(({ ownerId }) => ownerId),
      input.sinks.map(({ address }) => address),
      input.sinks.map(({ sealed }) => storableJson(sealed)),
      input.sinks.map(({ sealingKeyId }) => sealingKeyId),
      input.sinks.map(({ version }) => version),
      new Date(input.atMs),
    ],
  );
}
