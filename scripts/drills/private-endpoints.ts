/**
 * `npm run drill:private [-- --json]`: private endpoints on a whole copy. A real server behind a bearer token that ends
 * while it is watched, and the MCP SDK's OAuth example, connected as a person would; then the plaintexts are looked for
 * in every log, in Redis and in Postgres.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  HANDOVER_PATH,
  handoverAnswerSchema,
  openedCredentialSchema,
} from "@alivemcp/core/credential-handover";
import { signCredentialTicket } from "@alivemcp/core/credential-ticket";
import {
  CALLER_HEADER,
  CONNECT_FINISH_PATH,
  connectPath,
  credentialPath,
} from "@alivemcp/core/internal-port";
import { makeBoxKeys, openBox } from "@alivemcp/runtime/sealed-box";
import { findFreePort } from "../services/free-port.ts";
import { regionTokensOf } from "../stack/secrets.ts";
import { REAL_SERVERS, startRealServer } from "../zoo/real-servers.ts";
import { addDrillTenant, askV1, type DrillTenant } from "./drill-tenant.ts";
import { findPlaintext } from "./find-plaintext.ts";
import { type RunningCopy, startCopy } from "./running-copy.ts";

const isJson = process.argv.includes("--json");
const say = (line: string) => void (isJson || console.log(line));
const REGION = "us-east";
const UP_WITHIN_MS = 60_000;
/** Until the token ends: the endpoint must have been up with it before. */
const TOKEN_LIFE_MS = 75_000;
/** What is left of the token's life, two minutes that both show the wall (one is no change of access yet), and sealing. */
const REJECTED_WITHIN_MS = TOKEN_LIFE_MS + 2 * 60_000 + 30_000;

const copy = await startCopy({
  hasDemo: true,
  env: { PROBE_ALLOW_CIDRS: "127.0.0.0/8,::1/128", LOG_LEVEL: "trace" },
});
const stops: (() => Promise<void>)[] = [copy.stop];
try {
  const result = await drill(copy);
  if (isJson) {
    console.log(JSON.stringify(result));
  } else {
    say(
      `plaintext found ${result.plaintext.hits.length} times: ${result.plaintext.hits.join(", ") || "nowhere"}`,
    );
  }
  process.exitCode = result.plaintext.hits.length === 0 ? 0 : 1;
} finally {
  for (const stop of stops.toReversed()) {
    await stop();
  }
}

async function drill(running: RunningCopy) {
  const tenant = await addDrillTenant(running, ["read", "endpoints:write"]);
  const token = `bearer-${randomBytes(24).toString("base64url")}`;
  const walled = await startBearerWalled(token);
  stops.push(walled.stop);
  const oauth = REAL_SERVERS.find(({ name }) => name.endsWith("behind OAuth"));
  if (oauth === undefined) {
    throw new Error("the zoo has no OAuth example");
  }
  const example = await startRealServer(oauth);
  stops.push(example.stop);

  const bearerId = await register(running, tenant, walled.url, "Bearer walled");
  const oauthId = await register(running, tenant, example.url, "OAuth example");
  await internal(running, tenant, "PUT", credentialPath(bearerId), { kind: "bearer", token });
  await connect(running, tenant, oauthId);
  await Promise.all([bearerId, oauthId].map((id) => probeNow(running, tenant, id)));
  const access = await openAsWorker(running, tenant, { id: oauthId, url: example.url });

  const bearerUp = await reached(running, tenant, bearerId, "up", UP_WITHIN_MS);
  const oauthUp = await reached(running, tenant, oauthId, "up", UP_WITHIN_MS);
  say("both are up with their credentials");
  const rejected = await reached(running, tenant, bearerId, "credential_rejected", REJECTED_WITHIN_MS);
  say("the bearer token ended: credential rejected, not down");
  return {
    states: { bearer: bearerUp, oauth: oauthUp, ended: rejected },
    plaintext: await findPlaintext(running, [token, access]),
  };
}

async function startBearerWalled(token: string) {
  const port = await findFreePort("127.0.0.1");
  const script = fileURLToPath(new URL("../zoo/bearer-walled-endpoint.ts", import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: {
      ...process.env,
      LISTEN_HOST: "127.0.0.1",
      PORT: String(port),
      TOKEN: token,
      TOKEN_ENDS_AT_MS: String(Date.now() + TOKEN_LIFE_MS),
    },
    stdio: "ignore",
  });
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    stop: async () => void child.kill("SIGKILL"),
  };
}

const v1 = (running: RunningCopy, tenant: DrillTenant, method: string, path: string, body?: unknown) =>
  askV1(running, tenant.apiKey, { method, path, body });

async function register(
  running: RunningCopy,
  tenant: DrillTenant,
  url: string,
  name: string,
): Promise<string> {
  const { id } = await v1(running, tenant, "POST", "/endpoints", { url, name });
  return String(id);
}

async function probeNow(running: RunningCopy, tenant: DrillTenant, id: string): Promise<void> {
  await v1(running, tenant, "POST", `/endpoints/${id}/probes`);
}

/** The internal port, asked as the dashboard asks for a person. */
async function internal(
  running: RunningCopy,
  tenant: DrillTenant,
  method: string,
  path: string,
  body: unknown,
) {
  const caller = {
    tenantId: tenant.id,
    userId: tenant.userId,
    sessionId: "drill-session",
    requestId: null,
    address: null,
  };
  const response = await fetch(`http://127.0.0.1:${running.portBase + 3}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${running.secrets.internalToken}`,
      [CALLER_HEADER]: Buffer.from(JSON.stringify(caller)).toString("base64url"),
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  }
  return answer;
}

/** Connect, with the drill as the person's browser: the example logs everybody in. */
async function connect(running: RunningCopy, tenant: DrillTenant, id: string): Promise<void> {
  const { authorizationUrl } = await internal(running, tenant, "POST", connectPath(id), {});
  const sent = await fetch(String(authorizationUrl), { redirect: "manual" });
  const back = new URL(sent.headers.get("location") ?? "");
  await internal(running, tenant, "POST", CONNECT_FINISH_PATH, {
    userId: tenant.userId,
    sessionId: "drill-session",
    requestId: null,
    address: null,
    parameters: Object.fromEntries(back.searchParams),
  });
}

/** What a worker would be given: so the drill knows which access token to look for. */
async function openAsWorker(
  running: RunningCopy,
  tenant: DrillTenant,
  { id: endpointId, url }: { readonly id: string; readonly url: string },
): Promise<string> {
  const { origin } = new URL(url);
  const keys = makeBoxKeys();
  const jobId = `${endpointId}-drill`;
  const ticket = signCredentialTicket(running.secrets.ticketKey, {
    endpointId,
    tenantId: tenant.id,
    credentialVersion: 1,
    region: REGION,
    jobId,
    expiresAtMs: Date.now() + 60_000,
  });
  const regionToken = regionTokensOf(running.secrets, [REGION]).slice(REGION.length + 1);
  const response = await fetch(`http://127.0.0.1:${running.portBase + 3}${HANDOVER_PATH}`, {
    method: "POST",
    headers: { authorization: `Bearer ${regionToken}`, "content-type": "application/json" },
    body: JSON.stringify({
      v: 1,
      ticket,
      region: REGION,
      jobId,
      dispatch: 1,
      origin,
      publicKey: keys.publicKey,
    }),
  });
  const answer = handoverAnswerSchema.parse(await response.json());
  const plaintext =
    answer.kind === "sealed"
      ? openBox(keys, answer, { region: REGION, jobId, dispatch: 1, endpointId })
      : null;
  const [header] = openedCredentialSchema.parse(JSON.parse(String(plaintext))).headers;
  return (header?.value ?? "").slice("Bearer ".length);
}

/** Waits until the latest minute's state, or the reason that is told, is the wanted one. */
async function reached(
  running: RunningCopy,
  tenant: DrillTenant,
  id: string,
  wanted: string,
  withinMs: number,
) {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const { raw_state: state, failure_reason: reason } = await v1(running, tenant, "GET", `/endpoints/${id}`);
    if (state === wanted || reason === wanted) {
      return wanted;
    }
    if (performance.now() > deadline) {
      throw new Error(`not ${wanted} within ${withinMs / 1_000} s: ${state} ${reason}`);
    }
    await wait(500);
  }
}
