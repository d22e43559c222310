/** The numbers of the endpoint state machine, and what it is told about one endpoint at one moment. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

export interface StateRules {
  /** A look closes this long after its not-before, answered or not: its probe's budget and 5 s for the way. */
  readonly lookClosesAfterMs: number;
  readonly slowLookClosesAfterMs: number;
  /** Only a result younger than this opens a confirmation: looking again tells nothing about an older one. */
  readonly openingAgeMsMax: number;
  /** Confirmations of one endpoint within `confirmationsWindowMs`. */
  readonly confirmationsMax: number;
  readonly confirmationsWindowMs: number;
  /** A region that was not confirmed opens no other confirmation for this long, unless it agreed once before. */
  readonly mutedForMs: number;
  /** Committed changes within `flappingWindowMs` that make an endpoint flap. */
  readonly flappingChangesMin: number;
  readonly flappingWindowMs: number;
  /** Consecutive verdict-minutes that exist; `unknown` ones are ours and neither count nor interrupt. The first two are defaults: owners choose. */
  readonly degradedRaiseMinutes: number;
  readonly degradedClearMinutes: number;
  readonly accessChangeMinutes: number;
  readonly regionalRaiseMinutes: number;
  readonly regionalClearMinutes: number;
  readonly latencyRaiseMinutes: number;
  readonly latencyClearMinutes: number;
  /** A minute is slow above this many times the 7-day p95. */
  readonly latencyFactor: number;
  readonly errorWindowMinutes: number;
  readonly errorsMin: number;
  readonly errorRatioRaise: number;
  readonly errorRatioClear: number;
}

export const STATE_RULES: StateRules = {
  lookClosesAfterMs: 15 * SECOND_MS,
  slowLookClosesAfterMs: 25 * SECOND_MS,
  openingAgeMsMax: 90 * SECOND_MS,
  confirmationsMax: 4,
  confirmationsWindowMs: 10 * MINUTE_MS,
  mutedForMs: 10 * MINUTE_MS,
  flappingChangesMin: 4,
  flappingWindowMs: 30 * MINUTE_MS,
  degradedRaiseMinutes: 3,
  degradedClearMinutes: 2,
  accessChangeMinutes: 2,
  regionalRaiseMinutes: 3,
  regionalClearMinutes: 2,
  latencyRaiseMinutes: 3,
  latencyClearMinutes: 2,
  latencyFactor: 3,
  errorWindowMinutes: 30,
  errorsMin: 5,
  errorRatioRaise: 0.05,
  errorRatioClear: 0.01,
};

export interface EndpointPolicy {
  /** Regions configured for the endpoint whose heartbeat is fresh, whose self-check passed and that are not suspected. */
  readonly eligibleRegions: readonly string[];
  /** 0 to 600,000; counted from the start of the first disagreeing probe. */
  readonly confirmationPeriodMs: number;
  /** Its 7-day p95 is above 5 s. */
  readonly isSlow: boolean;
  /** 7-day p95 in milliseconds; null while there is none. */
  readonly baselineLatencyMsP95: number | null;
  readonly rules: StateRules;
}

/** How many regions must agree in a confirmation; 0 when nobody may vote, and then nothing is decided. */
export const confirmationQuorum = (policy: EndpointPolicy): number =>
  Math.min(2, policy.eligibleRegions.length);
