import { randomUUID } from "node:crypto";
import { shardOf } from "@alivemcp/core/shard";
import type { TestDatabase } from "../../../db/test/database.ts";

const DEFAULT_TENANT_ID = "00000000-0000-4000-8000-000000000002";

export interface AddedEndpoint {
  readonly id: string;
  readonly number: number;
}

/** Adds endpoints, all of one shard when `shard` is given. */
export async function addEndpoints(
  database: TestDatabase,
  count: number,
  options: {
    readonly shard?: string;
    readonly standing?: "unclaimed" | "added";
    readonly firstWatchedAtMs?: number;
  } = {},
): Promise<readonly AddedEndpoint[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const id = randomUUID();
    if (options.shard === undefined || shardOf(id) === options.shard) {
      ids.push(id);
    }
  }
  const { rows } = await database.pool("super").query<AddedEndpoint>(
    `INSERT INTO endpoints (id, tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing,
       retention_class, first_watched_at)
     SELECT id, $2, 'e-' || id, 'e', 'https://mcp.example.com/' || id, 'https://mcp.example.com/' || id,
       'mcp.example.com', 'example.com', 'unlisted', $3, 'team', $4
     FROM unnest($1::uuid[]) AS id RETURNING id, number`,
    [ids, DEFAULT_TENANT_ID, options.standing ?? "added", new Date(options.firstWatchedAtMs ?? 0)],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
