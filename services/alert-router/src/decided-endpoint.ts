import type { EndpointPlan } from "@alivemcp/core/endpoint-plan";
import type { EndpointState } from "@alivemcp/core/endpoint-state";
import type { EndpointAction } from "@alivemcp/core/endpoint-state-decision";
import type { EndpointPolicy } from "@alivemcp/core/endpoint-state-rules";

/** What was decided about one endpoint, over one or more events. */
export interface DecidedEndpoint {
  readonly plan: EndpointPlan;
  readonly policy: EndpointPolicy;
  readonly before: EndpointState;
  readonly after: EndpointState;
  /** In order. */
  readonly actions: readonly EndpointAction[];
}
