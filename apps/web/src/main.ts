/** The dashboard: sign-up, account, workspaces. Reads its configuration, opens what it needs, serves until told to stop. */
import { loadConfig } from "@alivemcp/runtime/config";
import { stopOnSignal } from "@alivemcp/runtime/lifecycle";
import { configSchema } from "./config.ts";
import { createDeps } from "./deps.ts";
import { serveWeb } from "./serve-web.ts";

const config = loadConfig(configSchema, process.env);
const deps = await createDeps(config);
const server = await serveWeb(deps);
stopOnSignal({ log: deps.log, graceMs: config.SHUTDOWN_GRACE_MS, stop: server.stop });
