import type { CommittedState } from "@alivemcp/core/states";
import type pg from "pg";
import { holdConsumerFence } from "./consumer-fences-system.ts";
import { IS_WATCHED } from "./endpoint-plan-row.ts";

/** What was stored of an endpoint's state machine; `readEndpointState` of core makes sense of it. */
export interface StoredEndpointState {
  readonly committed: CommittedState;
  readonly sinceAtMs: number;
  readonly reason: string | null;
  readonly machine: unknown;
}

export interface RoutedEndpoint {
  readonly endpointId: string;
  readonly isPaused: boolean;
  /** 7-day p95 in milliseconds; null while there is none. */
  readonly latencyMsP95Of7d: number | null;
  /** Null before the first result was routed. */
  readonly stored: StoredEndpointState | null;
}

interface RoutedEndpointRow {
  readonly endpoint_id: string;
  readonly is_paused: boolean;
  readonly latency_ms_p95_of_7d: number | null;
  readonly committed: CommittedState | null;
  readonly since: Date | null;
  readonly reason: string | null;
  readonly machine: unknown;
}

const SELECT_ROUTED = `
  SELECT e.id AS endpoint_id, NOT ${IS_WATCHED} AS is_paused, m.latency_ms_p95_of_7d,
    s.committed, s.since, s.reason, s.machine
  FROM endpoints e
  LEFT JOIN endpoint_memory m ON m.endpoint_id = e.id
  LEFT JOIN endpoint_state s ON s.endpoint_id = e.id`;

/** Endpoints with their stored machines; ids that are gone are left out. In no order. */
export async function listRoutedEndpoints(
  pool: pg.Pool,
  ids: readonly string[],
): Promise<readonly RoutedEndpoint[]> {
  const { rows } = await pool.query<RoutedEndpointRow>(`${SELECT_ROUTED} WHERE e.id = ANY($1::uuid[])`, [
    ids,
  ]);
  return rows.map(routedOfRow);
}

/** Endpoints whose machine wants to be woken by `atMs`, the longest waiting first. Leans on `endpoint_state_confirming`. */
export async function listEndpointsToWake(
  pool: pg.Pool,
  input: { shard: string; atMs: number; limit: number },
): Promise<readonly RoutedEndpoint[]> {
  const { rows } = await pool.query<RoutedEndpointRow>(
    `${SELECT_ROUTED} WHERE s.shard = $1 AND s.confirming_until <= $2 ORDER BY s.confirming_until LIMIT $3`,
    [input.shard, new Date(input.atMs), input.limit],
  );
  return rows.map(routedOfRow);
}

/** Every endpoint of a shard that has a state, for a new holder. Ordered by id, so that a caller may page with `afterId`. */
export async function listEndpointStatesOfShard(
  pool: pg.Pool,
  input: { shard: string; afterId: string | null; limit: number },
): Promise<readonly RoutedEndpoint[]> {
  const { rows } = await pool.query<RoutedEndpointRow>(
    `${SELECT_ROUTED} WHERE s.shard = $1 AND ($2::uuid IS NULL OR s.endpoint_id > $2) ORDER BY s.endpoint_id LIMIT $3`,
    [input.shard, input.afterId, input.limit],
  );
  return rows.map(routedOfRow);
}

/** Confirmations under way in the given shards. Leans on `endpoint_state_confirming`. */
export async function countOpenConfirmations(pool: pg.Pool, shards: readonly string[]): Promise<number> {
  const { rows } = await pool.query<{ open: number }>(
    `SELECT count(*)::int AS open FROM endpoint_state
     WHERE shard = ANY($1) AND confirming_until IS NOT NULL AND jsonb_typeof(machine -> 'confirmation') = 'object'`,
    [shards],
  );
  return rows[0]?.open ?? 0;
}

/** One endpoint's next machine, with what it committed and what it has to say on the way there, oldest first. */
export interface EndpointStateChange {
  readonly endpointId: string;
  readonly shard: string;
  readonly committed: CommittedState;
  readonly sinceAtMs: number;
  readonly reason: string | null;
  readonly flags: readonly string[];
  readonly machine: unknown;
  readonly wakeAtMs: number | null;
  readonly spans: readonly { readonly state: CommittedState; readonly fromMs: number }[];
  readonly transitions: readonly {
    readonly atMs: number;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
    readonly facts: Readonly<Record<string, unknown>>;
  }[];
}

/**
 * Writes states, spans and transitions in one transaction, all or nothing, if the caller's lease is still the newest;
 * `stale` wrote nothing. Endpoints deleted meanwhile are left out. A transition written before is not doubled. What
 * `alongside` writes commits, or does not, together with them.
 */
export async function saveEndpointStates(
  pool: pg.Pool,
  lease: { consumerGroup: string; shard: string; fence: number },
  changes: readonly EndpointStateChange[],
  alongside: (client: pg.PoolClient) => Promise<void> = async () => {},
): Promise<"saved" | "stale"> {
  const client = await pool.connect();
  let isBroken = true;
  try {
    await client.query("BEGIN");
    if ((await holdConsumerFence(client, lease)) === "stale") {
      await client.query("ROLLBACK");
      isBroken = false;
      return "stale";
    }
    await upsertStates(client, changes);
    await insertTransitions(client, changes);
    const rounds = Math.max(0, ...changes.map(({ spans }) => spans.length));
    for (let round = 0; round < rounds; round += 1) {
      await beginSpans(client, changes, round);
    }
    await alongside(client);
    await client.query("COMMIT");
    isBroken = false;
    return "saved";
  } finally {
    // After a failure nobody knows what the connection still has in hand: closing it rolls back whatever it is.
    client.release(isBroken);
  }
}

async function upsertStates(client: pg.ClientBase, changes: readonly EndpointStateChange[]): Promise<void> {
  await client.query(
    `INSERT INTO endpoint_state (endpoint_id, shard, committed, since, reason, flags, machine, confirming_until)
     SELECT u.id, u.shard, u.committed, u.since, u.reason, string_to_array(u.flags, ','), u.machine::jsonb, u.wake_at
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
       $8::timestamptz[]) AS u (id, shard, committed, since, reason, flags, machine, wake_at)
     JOIN endpoints e ON e.id = u.id
     ON CONFLICT (endpoint_id) DO UPDATE SET committed = excluded.committed, since = excluded.since,
       reason = excluded.reason, flags = excluded.flags, machine = excluded.machine,
       confirming_until = excluded.confirming_until, updated_at = now()`,
    [
      changes.map(({ endpointId }) => endpointId),
      changes.map(({ shard }) => shard),
      changes.map(({ committed }) => committed),
      changes.map(({ sinceAtMs }) => new Date(sinceAtMs)),
      changes.map(({ reason }) => reason),
      changes.map(({ flags }) => flags.join(",")),
      changes.map(({ machine }) => JSON.stringify(machine)),
      changes.map(({ wakeAtMs }) => (wakeAtMs === null ? null : new Date(wakeAtMs))),
    ],
  );
}

async function insertTransitions(
  client: pg.ClientBase,
  changes: readonly EndpointStateChange[],
): Promise<void> {
  const rows = changes.flatMap(({ endpointId, transitions }) =>
    transitions.map((transition) => ({ endpointId, ...transition })),
  );
  if (rows.length === 0) {
    return;
  }
  await client.query(
    `INSERT INTO transition (endpoint_id, at, from_state, to_state, reason, facts)
     SELECT u.id, u.at, u.from_state, u.to_state, u.reason, u.facts::jsonb
     FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[])
       WITH ORDINALITY AS u (id, at, from_state, to_state, reason, facts, position)
     JOIN endpoints e ON e.id = u.id
     ORDER BY u.position
     ON CONFLICT ON CONSTRAINT transition_once DO NOTHING`,
    [
      rows.map(({ endpointId }) => endpointId),
      rows.map(({ atMs }) => new Date(atMs)),
      rows.map(({ from }) => from),
      rows.map(({ to }) => to),
      rows.map(({ reason }) => reason),
      rows.map(({ facts }) => JSON.stringify(facts)),
    ],
  );
}

/** Ends the newest span of each endpoint where its next one begins. One round holds an endpoint at most once. */
async function beginSpans(
  client: pg.ClientBase,
  changes: readonly EndpointStateChange[],
  round: number,
): Promise<void> {
  const rows = changes.flatMap(({ endpointId, spans }) => {
    const span = spans[round];
    return span ? [{ endpointId, ...span }] : [];
  });
  const values = [
    rows.map(({ endpointId }) => endpointId),
    rows.map(({ state }) => state),
    rows.map(({ fromMs }) => new Date(fromMs)),
  ];
  const begun = "unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS u (id, state, from_at)";
  await client.query(
    `UPDATE state_span s SET to_at = greatest(s.from_at, u.from_at) FROM ${begun}
     WHERE s.endpoint_id = u.id AND s.to_at IS NULL AND u.state IS NOT NULL`,
    values,
  );
  await client.query(
    `INSERT INTO state_span (endpoint_id, state, from_at)
     SELECT u.id, u.state, u.from_at FROM ${begun} JOIN endpoints e ON e.id = u.id
     ON CONFLICT (endpoint_id, from_at) DO UPDATE SET state = excluded.state, to_at = NULL`,
    values,
  );
}

function routedOfRow(row: RoutedEndpointRow): RoutedEndpoint {
  return {
    endpointId: row.endpoint_id,
    isPaused: row.is_paused,
    latencyMsP95Of7d: row.latency_ms_p95_of_7d,
    stored:
      row.committed === null || row.since === null
        ? null
        : {
            committed: row.committed,
            sinceAtMs: row.since.getTime(),
            reason: row.reason,
            machine: row.machine,
          },
  };
}
