import { loadConfig } from "@alivemcp/runtime/config";
import { stopOnSignal } from "@alivemcp/runtime/lifecycle";
import { configSchema } from "./config.ts";
import { createDeps } from "./deps.ts";
import { startWorker } from "./start-worker.ts";

const config = loadConfig(configSchema, process.env);
const deps = await createDeps(config);
const worker = await startWorker(deps);
stopOnSignal({ log: deps.log, graceMs: config.SHUTDOWN_GRACE_MS, stop: worker.stop });
