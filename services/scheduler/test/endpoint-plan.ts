import type { EndpointPlan } from "@alivemcp/core/endpoint-plan";
import { endpointPlan as samePlan } from "../../core/test/endpoint-plan.ts";

let count = 0;

/** A claimed endpoint of the default tenant on a host and domain of its own, but for what the test says. */
export function endpointPlan(change: Partial<EndpointPlan> = {}): EndpointPlan {
  count += 1;
  const host = change.host ?? `mcp.e${count}.example`;
  return samePlan({
    id: `5bcd9d0e-6c3b-4d0f-9c70-${String(count).padStart(12, "0")}`,
    url: `https://${host}/mcp`,
    normalizedUrl: `https://${host}/mcp`,
    host,
    registrableDomain: `e${count}.example`,
    ...change,
  });
}
