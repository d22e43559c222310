import { loadConfig } from "@alivemcp/runtime/config";
import { stopOnSignal } from "@alivemcp/runtime/lifecycle";
import { configSchema } from "./config.ts";
import { createDeps } from "./deps.ts";
import { startScheduler } from "./start-scheduler.ts";

const config = loadConfig(configSchema, process.env);
const deps = await createDeps(config);
const scheduler = await startScheduler(deps);
stopOnSignal({ log: deps.log, graceMs: config.SHUTDOWN_GRACE_MS, stop: scheduler.stop });
