import type { HealthOptions } from "./health-options.ts";
import type { HealthUrl } from "./health-url.ts";
import type { RememberedWire } from "./pipeline.ts";
import type { RetentionClass } from "./plans.ts";
import type { Transport } from "./states.ts";

/** What it takes to schedule an endpoint and to fill its jobs: its row, what earlier probes learned, who follows it. */
export interface EndpointPlan {
  readonly id: string;
  readonly tenantId: string;
  readonly configVersion: number;
  readonly url: string;
  readonly normalizedUrl: string;
  readonly host: string;
  readonly registrableDomain: string;
  readonly transport: Transport;
  /** Nobody confirmed that it may be probed: one rotating region, no tool is called, courtesy limits. */
  readonly isUnclaimed: boolean;
  readonly isFollowed: boolean;
  readonly isDemo: boolean;
  /** The shortest among owner and followers. */
  readonly cadenceS: number;
  /** Regions the owner chose; empty means every region of the installation. */
  readonly regions: readonly string[];
  readonly confirmationPeriodMs: number;
  readonly health: HealthOptions;
  readonly healthUrls: readonly HealthUrl[];
  /** Names that must be in the tool list. */
  readonly expectedTools: readonly string[];
  /** A slower handshake is `degraded / latency`. */
  readonly latencyDegradedMs: number;
  /** Consecutive bad minutes that raise `degraded`, and good ones that clear it. */
  readonly degradedAfterMinutes: number;
  readonly degradedClearedAfterMinutes: number;
  /** Of the credential that its probes carry; null: it is probed without one. */
  readonly credentialVersion: number | null;
  readonly retentionClass: RetentionClass;
  readonly remembered: RememberedWire | null;
  readonly baselineFullHash: string | null;
  /** Tool lists of regions that serve another one than the baseline. */
  readonly regionFullHashes: Readonly<Record<string, string>>;
  readonly isToolListEmptyAtBaseline: boolean;
  /** 7-day p95 above 5 s. */
  readonly isSlow: boolean;
  readonly deadSinceMs: number | null;
  readonly retryAfterUntilMs: number | null;
  /** Newest probe that found a health URL failing. */
  readonly healthUrlFailedAtMs: number | null;
  /** Newest probe that listed what it declares beside tools; null: none did yet. */
  readonly capabilitiesListedAtMs: number | null;
}

/** The regions this endpoint is probed from, in the installation's order; all of them when its choice names none of them. */
export function regionsOfEndpoint(
  plan: Pick<EndpointPlan, "regions">,
  installed: readonly string[],
): readonly string[] {
  if (plan.regions.length === 0) {
    return installed;
  }
  const chosen = installed.filter((region) => plan.regions.includes(region));
  return chosen.length > 0 ? chosen : installed;
}
