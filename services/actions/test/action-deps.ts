import { probeQueueName } from "@alivemcp/core/pipeline";
import { createProbeDeps } from "@alivemcp/probe/probe-deps";
import { openLogger } from "@alivemcp/runtime/logger";
import { openQueue, openQueueConnection } from "@alivemcp/runtime/queues";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import type { TestTenant } from "../../../db/test/tenant.ts";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { makeTestSinkKey } from "../../runtime/test/sink-keys.ts";
import type { ActionDeps } from "../src/action-deps.ts";
import type { Caller } from "../src/caller.ts";

export interface TestActions {
  readonly database: TestDatabase;
  readonly redis: TestRedis;
  readonly deps: ActionDeps;
  close(): Promise<void>;
}

const REGIONS = ["us-east", "eu-west"];

/** The verbs' deps on a database and a Redis of the test's own; targets on 127.0.77.0/24 may be watched. */
export async function openTestActions(): Promise<TestActions> {
  const [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  const connection = openQueueConnection(redis.url, { name: "test", onError: () => {} });
  const probeQueues = new Map(
    REGIONS.map((region) => [region, openQueue(connection, probeQueueName(region))]),
  );
  return {
    database,
    redis,
    deps: {
      pool: database.pool("app"),
      redis: redis.redis,
      clock: { nowMs: () => Date.now() },
      log: openLogger("test", "fatal"),
      target: createProbeDeps({ allowCidrs: ["127.0.77.0/24"], publicUrl: "http://status.test" }),
      resolveTxt: async () => ({ kind: "none" }),
      claimsContact: "claims@example.com",
      probeQueues,
      ticketKey: "k".repeat(43),
      sinkPublicKey: makeTestSinkKey().key,
      appUrl: "http://app.test",
      publicUrl: "http://status.test",
      apiUrl: "http://api.test",
    },
    async close() {
      await Promise.all([...probeQueues.values()].map((queue) => queue.close()));
      connection.disconnect();
      await Promise.all([database.close(), redis.close()]);
    },
  };
}

/** A person of this workspace. */
export const callerOf = (
  tenant: TestTenant,
  role: "owner" | "admin" | "member" | "viewer" = "owner",
): Caller => ({
  scope: tenant.scope,
  actor: { kind: "member", userId: tenant.ownerId, role },
  requestId: "req-1",
  address: "192.0.2.7",
});

/** Who runs the installation, working for this workspace. */
export const operatorOf = (tenant: TestTenant): Caller => ({
  ...callerOf(tenant),
  actor: { kind: "operator", operatorId: "operator-key" },
});
