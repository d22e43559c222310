import type { EndpointPlan } from "@alivemcp/core/endpoint-plan";
import type { EndpointState } from "@alivemcp/core/endpoint-state";
import type { EndpointAction, EndpointDecision } from "@alivemcp/core/endpoint-state-decision";
import type { EndpointEvent } from "@alivemcp/core/endpoint-state-event";
import type { EndpointPolicy } from "@alivemcp/core/endpoint-state-rules";

/** One event and what was decided on it. */
export interface DecidedStep {
  readonly event: EndpointEvent;
  readonly decision: EndpointDecision;
}

/** What was decided about one endpoint, over one or more events. */
export interface DecidedEndpoint {
  readonly plan: EndpointPlan;
  readonly policy: EndpointPolicy;
  /** Nobody probes it: it is paused, or its workspace is suspended or leaves. */
  readonly isPaused: boolean;
  readonly before: EndpointState;
  readonly after: EndpointState;
  /** In order, over all steps. */
  readonly actions: readonly EndpointAction[];
  readonly steps: readonly DecidedStep[];
}
