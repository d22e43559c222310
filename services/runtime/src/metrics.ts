import { collectDefaultMetrics, Registry } from "prom-client";

/** A registry with Node's default metrics, each series labelled with the process it comes from. Names start with `alivemcp_`. */
export function createMetrics(processName: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ process: processName });
  collectDefaultMetrics({ register: registry });
  return registry;
}
