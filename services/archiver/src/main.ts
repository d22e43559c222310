import { loadConfig } from "@alivemcp/runtime/config";
import { stopOnSignal } from "@alivemcp/runtime/lifecycle";
import { configSchema } from "./config.ts";
import { createDeps } from "./deps.ts";
import { startArchiver } from "./start-archiver.ts";

const config = loadConfig(configSchema, process.env);
const deps = await createDeps(config);
const archiver = await startArchiver(deps);
stopOnSignal({ log: deps.log, graceMs: config.SHUTDOWN_GRACE_MS, stop: archiver.stop });
