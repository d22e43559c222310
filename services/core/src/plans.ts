/** The plan table: the only source of prices, limits and retention for every process and page. */

export const PLAN_NAMES = ["public", "author", "team", "enterprise"] as const;
export type PlanName = (typeof PLAN_NAMES)[number];

export interface Plan {
  readonly name: PlanName;
  readonly priceUsdPerMonth: number;
  /** Claimed, added and followed endpoints together. */
  readonly endpointsMax: number;
  /** Of these with credentials. */
  readonly privateEndpointsMax: number;
  readonly cadenceSMin: number;
  readonly hasDedicatedWorkers: boolean;
  readonly minuteHistoryDays: number;
  readonly dayHistoryDays: number;
  readonly sinksMax: number;
  readonly sinkKinds: "email" | "every";
  readonly alertsPerDayMax: number;
  readonly apiRequestsPerMinuteMax: number;
  readonly apiLimitCounts: "per-ip" | "per-tenant";
  readonly membersMax: number;
  readonly hasSlaReport: boolean;
  readonly hasBurnRateAlerts: boolean;
  readonly hasEscalationPolicies: boolean;
}

export const PLANS: Readonly<Record<PlanName, Plan>> = {
  public: {
    name: "public",
    priceUsdPerMonth: 0,
    endpointsMax: 1,
    privateEndpointsMax: 0,
    cadenceSMin: 60,
    hasDedicatedWorkers: false,
    minuteHistoryDays: 7,
    dayHistoryDays: 90,
    sinksMax: 1,
    sinkKinds: "email",
    alertsPerDayMax: 5,
    apiRequestsPerMinuteMax: 60,
    apiLimitCounts: "per-ip",
    membersMax: 1,
    hasSlaReport: false,
    hasBurnRateAlerts: false,
    hasEscalationPolicies: false,
  },
  author: {
    name: "author",
    priceUsdPerMonth: 9,
    endpointsMax: 5,
    privateEndpointsMax: 2,
    cadenceSMin: 60,
    hasDedicatedWorkers: false,
    minuteHistoryDays: 90,
    dayHistoryDays: 400,
    sinksMax: 5,
    sinkKinds: "every",
    alertsPerDayMax: 50,
    apiRequestsPerMinuteMax: 300,
    apiLimitCounts: "per-tenant",
    membersMax: 1,
    hasSlaReport: false,
    hasBurnRateAlerts: false,
    hasEscalationPolicies: false,
  },
  team: {
    name: "team",
    priceUsdPerMonth: 49,
    endpointsMax: 50,
    privateEndpointsMax: 50,
    cadenceSMin: 60,
    hasDedicatedWorkers: false,
    minuteHistoryDays: 180,
    dayHistoryDays: 800,
    sinksMax: 25,
    sinkKinds: "every",
    alertsPerDayMax: 250,
    apiRequestsPerMinuteMax: 1_200,
    apiLimitCounts: "per-tenant",
    membersMax: 10,
    hasSlaReport: true,
    hasBurnRateAlerts: true,
    hasEscalationPolicies: true,
  },
  enterprise: {
    name: "enterprise",
    priceUsdPerMonth: 299,
    endpointsMax: 500,
    privateEndpointsMax: 500,
    cadenceSMin: 30,
    hasDedicatedWorkers: true,
    minuteHistoryDays: 400,
    // Seven years, two of them leap years.
    dayHistoryDays: 2_557,
    sinksMax: 200,
    sinkKinds: "every",
    alertsPerDayMax: 2_000,
    apiRequestsPerMinuteMax: 6_000,
    apiLimitCounts: "per-tenant",
    membersMax: 100,
    hasSlaReport: true,
    hasBurnRateAlerts: true,
    hasEscalationPolicies: true,
  },
};

/** Minutes are kept as long as the plan under which they were measured promised; the class is the plan's name. */
export type RetentionClass = PlanName;

export function isPlanName(word: string): word is PlanName {
  return (PLAN_NAMES as readonly string[]).includes(word);
}
