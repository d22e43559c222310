import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeTestSinkKey } from "../../../services/runtime/test/sink-keys.ts";
import { type Config, configSchema } from "../src/config.ts";
import { addKey } from "../src/vault/key-file.ts";

export const TEST_OPERATOR_KEY = "operator-key-for-tests-0123456789abcdef";
export const TEST_TICKET_KEY = "ticket-key-for-tests-0123456789abcdef";
export const TEST_INTERNAL_TOKEN = "internal-token-for-tests-0123456789abc";
export const testRegionToken = (region: string) => `token-of-${region}-for-tests-0123456789abcdef`;

/** An environment with which the api starts on free ports, with a vault of its own. `databaseUrl` is of the role `app`. */
export function apiEnvironment(stores: {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}): Record<string, string> {
  // As db/test/database.ts names them.
  const asRole = (role: string) =>
    stores.databaseUrl.replace("alivemcp_app:test-app@", `alivemcp_${role}:test-${role}@`);
  const vaultKeyFile = join(mkdtempSync(join(tmpdir(), "vault-")), "keys.json");
  addKey(vaultKeyFile, { nowMs: Date.now(), wrapsFromMs: 0 });
  return {
    LOG_LEVEL: "fatal",
    DATABASE_URL: stores.databaseUrl,
    IDENTITY_DATABASE_URL: asRole("identity"),
    OPERATOR_DATABASE_URL: asRole("operator"),
    REDIS_URL: stores.redisUrl,
    PORT: "0",
    METRICS_PORT: "0",
    INTERNAL_PORT: "0",
    API_URL: "http://api.test",
    PUBLIC_URL: "http://status.test",
    APP_URL: "http://127.0.0.1:4400",
    REGIONS_FILE: new URL("../../../infra/regions.json", import.meta.url).pathname,
    PROBE_ALLOW_CIDRS: "127.0.77.0/24",
    OPERATOR_KEY: TEST_OPERATOR_KEY,
    SMTP_URL: "smtp://127.0.0.1:9",
    MAIL_FROM: "AliveMCP <alivemcp@api.test>",
    TICKET_KEY: TEST_TICKET_KEY,
    INTERNAL_TOKEN: TEST_INTERNAL_TOKEN,
    REGION_TOKENS: ["us-east", "eu-west"].map((region) => `${region}=${testRegionToken(region)}`).join(","),
    VAULT_KEY_FILE: vaultKeyFile,
    SLACK_CLIENT_ID: "111.222",
    SLACK_CLIENT_SECRET: "a-client-secret-of-slack",
    SINK_KEY: makeTestSinkKey().text,
  };
}

/** The same as the configuration that `createDeps` takes. */
export function apiConfig(
  stores: { readonly databaseUrl: string; readonly redisUrl: string },
  changes: Record<string, string> = {},
): Config {
  return configSchema.parse({ ...apiEnvironment(stores), ...changes });
}
