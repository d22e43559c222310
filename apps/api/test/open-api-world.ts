import { randomUUID } from "node:crypto";
import {
  HANDOVER_PATH,
  handoverAnswerSchema,
  openedCredentialSchema,
} from "@alivemcp/core/credential-handover";
import type { CredentialInput } from "@alivemcp/core/credential-input";
import { signCredentialTicket } from "@alivemcp/core/credential-ticket";
import {
  CALLER_HEADER,
  CONNECT_FINISH_PATH,
  connectPath,
  credentialPath,
} from "@alivemcp/core/internal-port";
import type { Role } from "@alivemcp/core/permissions";
import { makeBoxKeys, openBox } from "@alivemcp/runtime/sealed-box";
import { openTestDatabase } from "../../../db/test/database.ts";
import { addTestMember, addTestTenant, addTestUser, type TestTenant } from "../../../db/test/tenant.ts";
import { openTestRedis } from "../../../services/runtime/test/redis.ts";
import { createDeps, type Deps } from "../src/deps.ts";
import { buildInternalApp } from "../src/internal/internal-app.ts";
import { addTestEndpoint } from "./add-endpoint.ts";
import { apiConfig, TEST_INTERNAL_TOKEN, TEST_TICKET_KEY, testRegionToken } from "./api-config.ts";

/** `PUT` bodies as a door sends them, before defaults. */
export type CredentialBody = Partial<CredentialInput> & { readonly kind: CredentialInput["kind"] };

/** The internal port over real stores, asked as the dashboard and as workers would, with a clock that can be moved. */
export async function openApiWorld(
  changes: Record<string, string> = {},
  replaced: Partial<Pick<Deps, "log">> = {},
) {
  const [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  const opened = await createDeps(
    apiConfig({ databaseUrl: database.url("app"), redisUrl: redis.url }, changes),
  );
  let aheadMs = 0;
  const deps: Deps = { ...opened, ...replaced, clock: { nowMs: () => Date.now() + aheadMs } };
  const app = buildInternalApp(deps);
  const boxKeys = makeBoxKeys();
  let dispatches = 0;

  /** One request of the dashboard for a person of the tenant. */
  const asked = async (
    who: { readonly tenant: TestTenant; readonly userId?: string; readonly sessionId?: string },
    request: {
      readonly method: string;
      readonly path: string;
      readonly body?: unknown;
      readonly token?: string;
    },
  ) => {
    const { tenant, userId = tenant.ownerId, sessionId = "session-of-the-owner" } = who;
    const caller = { tenantId: tenant.id, userId, sessionId, requestId: "req-1", address: "192.0.2.7" };
    const response = await app.request(request.path, {
      method: request.method,
      headers: {
        authorization: `Bearer ${request.token ?? TEST_INTERNAL_TOKEN}`,
        [CALLER_HEADER]: Buffer.from(JSON.stringify(caller)).toString("base64url"),
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  const world = {
    database,
    redis,
    deps,
    app,
    asked,
    moveMs(ms: number) {
      aheadMs += ms;
    },
    addTenant: (plan: Parameters<typeof addTestTenant>[1] = {}) => addTestTenant(database, plan),
    addEndpoint: (tenant: TestTenant, options?: Parameters<typeof addTestEndpoint>[2]) =>
      addTestEndpoint(database, tenant, options),
    async addMember(tenant: TestTenant, role: Role): Promise<string> {
      const userId = await addTestUser(database);
      await addTestMember(database, { tenantId: tenant.id, userId, role });
      return userId;
    },
    put: (tenant: TestTenant, endpoint: string, body: unknown, userId = tenant.ownerId) =>
      asked({ tenant, userId }, { method: "PUT", path: credentialPath(endpoint), body }),
    describe: (tenant: TestTenant, endpoint: string, userId = tenant.ownerId) =>
      asked({ tenant, userId }, { method: "GET", path: credentialPath(endpoint) }),
    remove: (tenant: TestTenant, endpoint: string, userId = tenant.ownerId) =>
      asked({ tenant, userId }, { method: "DELETE", path: credentialPath(endpoint) }),
    startConnect: (tenant: TestTenant, endpoint: string, body: unknown = {}, userId = tenant.ownerId) =>
      asked({ tenant, userId }, { method: "POST", path: connectPath(endpoint), body }),
    finishConnect: (
      tenant: TestTenant,
      parameters: Record<string, string>,
      connector: { userId?: string; sessionId?: string } = {},
    ) =>
      asked(
        { tenant },
        {
          method: "POST",
          path: CONNECT_FINISH_PATH,
          body: {
            userId: connector.userId ?? tenant.ownerId,
            sessionId: connector.sessionId ?? "session-of-the-owner",
            requestId: null,
            address: null,
            parameters,
          },
        },
      ),

    /** A worker asks for the endpoint's present credential, for a dispatch of its own. */
    async open(
      tenant: TestTenant,
      endpointId: string,
      options: { isRenewal?: boolean; region?: string } = {},
    ) {
      const { rows } = await database
        .pool("super")
        .query(
          "SELECT c.version, e.url FROM endpoints e LEFT JOIN endpoint_credential c ON c.endpoint_id = e.id WHERE e.id = $1",
          [endpointId],
        );
      const region = options.region ?? "us-east";
      const jobId = `${endpointId}-${randomUUID()}`;
      dispatches += 1;
      const dispatch = dispatches;
      const ticket = signCredentialTicket(TEST_TICKET_KEY, {
        endpointId,
        tenantId: tenant.id,
        credentialVersion: rows[0]?.version ?? 1,
        region,
        jobId,
        expiresAtMs: deps.clock.nowMs() + 300_000,
      });
      const response = await app.request(HANDOVER_PATH, {
        method: "POST",
        headers: { authorization: `Bearer ${testRegionToken(region)}`, "content-type": "application/json" },
        body: JSON.stringify({
          v: 1,
          ticket,
          region,
          jobId,
          dispatch,
          origin: new URL(rows[0]?.url).origin,
          publicKey: boxKeys.publicKey,
          isRenewal: options.isRenewal ?? false,
        }),
      });
      const text = await response.text();
      if (response.status !== 200) {
        return { status: response.status, headers: null, rejected: null };
      }
      const answer = handoverAnswerSchema.parse(JSON.parse(text));
      if (answer.kind === "rejected") {
        return { status: 200, headers: null, rejected: answer.detail };
      }
      const plaintext = openBox(boxKeys, answer, { region, jobId, dispatch, endpointId });
      const { headers } = openedCredentialSchema.parse(JSON.parse(String(plaintext)));
      return {
        status: 200,
        headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
        rejected: null,
      };
    },
    async close() {
      await opened.close();
      await Promise.all([database.close(), redis.close()]);
    },
  };
  return world;
}
export type ApiWorld = Awaited<ReturnType<typeof openApiWorld>>;
