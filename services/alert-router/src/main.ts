import { loadConfig } from "@alivemcp/runtime/config";
import { stopOnSignal } from "@alivemcp/runtime/lifecycle";
import { configSchema } from "./config.ts";
import { createDeps } from "./deps.ts";
import { startRouter } from "./start-router.ts";

const config = loadConfig(configSchema, process.env);
const deps = await createDeps(config);
const router = await startRouter(deps);
stopOnSignal({ log: deps.log, graceMs: config.SHUTDOWN_GRACE_MS, stop: router.stop });
