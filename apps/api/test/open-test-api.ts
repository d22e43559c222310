import { createKey } from "@alivemcp/actions/keys/create-key";
import { SCOPES, type Scope } from "@alivemcp/core/permissions";
import type { PlanName } from "@alivemcp/core/plans";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { addTestTenant, type TestTenant } from "../../../db/test/tenant.ts";
import { openTestRedis, type TestRedis } from "../../../services/runtime/test/redis.ts";
import { buildApp } from "../src/app.ts";
import { createDeps, type Deps } from "../src/deps.ts";
import { apiConfig } from "./api-config.ts";
import { type ContractBook, createContractBook } from "./contract-book.ts";

export interface TestApi {
  readonly database: TestDatabase;
  readonly redis: TestRedis;
  readonly deps: Deps;
  readonly app: ReturnType<typeof buildApp>;
  /** Checks every answer against the document and remembers it. */
  readonly contract: ContractBook;
  /** Sends a request with this key; a body is sent as JSON. */
  send(key: string | null, method: string, path: string, more?: SendOptions): Promise<Sent>;
  /** A workspace with a key. */
  addWorkspace(options?: WorkspaceOptions): Promise<TestWorkspace>;
  addKey(tenant: TestTenant, scopes?: readonly Scope[]): Promise<string>;
  close(): Promise<void>;
}

interface SendOptions {
  readonly body?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers; the contract book holds them to their schema.
  readonly body: any;
}

interface WorkspaceOptions {
  readonly plan?: PlanName;
  readonly scopes?: readonly Scope[];
}

export interface TestWorkspace {
  readonly tenant: TestTenant;
  readonly key: string;
}

/** The API in this process, on a database and a Redis of its own. Its canary range may be watched. */
export async function openTestApi(overrides: Partial<Deps> = {}): Promise<TestApi> {
  const [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  const opened = await createDeps(apiConfig({ databaseUrl: database.url("app"), redisUrl: redis.url }));
  const deps = { ...opened, ...overrides };
  const app = buildApp(deps, { isReady: async () => true });
  const contract = await createContractBook(app);
  const addKey = async (tenant: TestTenant, scopes: readonly Scope[] = SCOPES) => {
    const owner = { kind: "member", userId: tenant.ownerId, role: "owner" } as const;
    const caller = { scope: tenant.scope, actor: owner, requestId: null, address: null };
    return (await createKey(deps, caller, { name: "test", scopes, expiresAtMs: null })).token;
  };
  return {
    database,
    redis,
    deps,
    app,
    contract,
    addKey,
    async send(key, method, path, { body, text, headers } = {}) {
      const sentText = text ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await app.request(path, {
        method,
        headers: {
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(sentText === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(sentText === undefined ? {} : { body: sentText }),
      });
      const answered = await response.text();
      const parsed = /json/.test(response.headers.get("content-type") ?? "") ? JSON.parse(answered) : null;
      contract.note({ method, path, response, body: parsed });
      return { status: response.status, headers: response.headers, text: answered, body: parsed };
    },
    async addWorkspace({ plan, scopes } = {}) {
      const tenant = await addTestTenant(database, plan === undefined ? {} : { plan });
      return { tenant, key: await addKey(tenant, scopes) };
    },
    async close() {
      await deps.close().catch(() => {});
      await Promise.all([database.close(), redis.close()]);
    },
  };
}
