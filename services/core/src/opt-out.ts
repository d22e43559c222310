import type { EndpointPlan } from "./endpoint-plan.ts";

/** A request not to be probed. Verified: somebody showed that the target is theirs to speak for. */
export interface OptOut {
  readonly kind: "domain" | "host" | "url";
  readonly target: string;
  readonly isVerified: boolean;
}

/** Opt-outs in force, ready to be asked for many endpoints. */
export interface OptOutIndex {
  /** `<kind>:<target>` of all of them. */
  readonly all: ReadonlySet<string>;
  readonly verified: ReadonlySet<string>;
}

const keyOf = (kind: OptOut["kind"], target: string) => `${kind}:${target}`;

export function indexOptOuts(optOuts: readonly OptOut[]): OptOutIndex {
  const key = (optOut: OptOut) => keyOf(optOut.kind, optOut.target);
  return {
    all: new Set(optOuts.map(key)),
    verified: new Set(optOuts.filter((optOut) => optOut.isVerified).map(key)),
  };
}

/**
 * Whether an endpoint must be left alone. An endpoint nobody claimed obeys every request; one that a tenant confirmed
 * it may probe only a verified one, so that nobody can blind another's monitoring.
 */
export function isOptedOut(
  plan: Pick<EndpointPlan, "isUnclaimed" | "registrableDomain" | "host" | "normalizedUrl">,
  index: OptOutIndex,
): boolean {
  const obeyed = plan.isUnclaimed ? index.all : index.verified;
  return (
    obeyed.size > 0 &&
    (obeyed.has(keyOf("domain", plan.registrableDomain)) ||
      obeyed.has(keyOf("host", plan.host)) ||
      obeyed.has(keyOf("url", plan.normalizedUrl)))
  );
}
