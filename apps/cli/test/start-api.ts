import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface ApiProcess {
  readonly url: string;
  readonly key: string;
  stop(): Promise<void>;
}

const inRepository = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** As an operator makes it. */
function makeKeyFile(program: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "keys-")), "keys.json");
  execFileSync(process.execPath, [inRepository(program), "add-key", "--file", file]);
  return file;
}

/** Starts the API as the process it is, on a free port of 127.0.0.1: the terminal knows it by its HTTP only. */
export async function startApi(stores: { databaseUrl: string; redisUrl: string }): Promise<ApiProcess> {
  const key = "operator-key-for-tests-0123456789abcdef";
  // As db/test/database.ts names them.
  const asRole = (role: string) =>
    stores.databaseUrl.replace("alivemcp_app:test-app@", `alivemcp_${role}:test-${role}@`);
  const child = spawn(process.execPath, [inRepository("apps/api/src/main.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      LOG_LEVEL: "info",
      DATABASE_URL: stores.databaseUrl,
      IDENTITY_DATABASE_URL: asRole("identity"),
      OPERATOR_DATABASE_URL: asRole("operator"),
      REDIS_URL: stores.redisUrl,
      PORT: "0",
      METRICS_PORT: "0",
      API_URL: "http://api.test",
      PUBLIC_URL: "http://status.test",
      APP_URL: "http://web.test",
      REGIONS_FILE: inRepository("infra/regions.json"),
      PROBE_ALLOW_CIDRS: "127.0.77.0/24",
      OPERATOR_KEY: key,
      SMTP_URL: "smtp://127.0.0.1:9",
      MAIL_FROM: "AliveMCP <alivemcp@api.test>",
      TICKET_KEY: "test-ticket-key-0123456789abcdef0123",
      INTERNAL_PORT: "0",
      INTERNAL_TOKEN: "test-internal-token-0123456789abcdef",
      REGION_TOKENS: "us-east=test-region-token-0123456789abcdef012",
      VAULT_KEY_FILE: makeKeyFile("apps/api/src/vault/main.ts"),
      SINK_KEY_FILE: makeKeyFile("services/alert-router/src/sink-keys/main.ts"),
    },
  });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as { msg?: string; ports?: number[] };
    if (entry.msg === "api ready") {
      child.stdout.resume();
      return {
        url: `http://127.0.0.1:${entry.ports?.[0]}`,
        key,
        stop: async () => {
          child.kill("SIGTERM");
          await exited;
        },
      };
    }
  }
  throw new Error("the api ended before it was ready");
}
