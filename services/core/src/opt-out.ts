import type { EndpointPlan } from "./endpoint-plan.ts";

/** A request not to be probed. Verified: somebody showed that the target is theirs to speak for. */
export interface OptOut {
  readonly kind: "domain" | "host" | "url";
  readonly target: string;
  readonly isVerified: boolean;
}

/** Opt-outs in force, ready to be asked for many endpoints: sets of `optOutKey`. */
export interface OptOutIndex {
  readonly all: ReadonlySet<string>;
  readonly verified: ReadonlySet<string>;
}

/** One opt-out as one word; also a member of the mirror in Redis. */
export const optOutKey = ({ kind, target }: Pick<OptOut, "kind" | "target">) => `${kind}:${target}`;

export function indexOptOuts(optOuts: readonly OptOut[]): OptOutIndex {
  return {
    all: new Set(optOuts.map(optOutKey)),
    verified: new Set(optOuts.filter((optOut) => optOut.isVerified).map(optOutKey)),
  };
}

/** Every opt-out that would cover this target. A URL counts as it was written and without its trailing slash. */
export function optOutKeysOf(target: {
  readonly registrableDomain: string;
  readonly host: string;
  readonly url: string;
  readonly normalizedUrl: string;
}): readonly string[] {
  return [
    optOutKey({ kind: "domain", target: target.registrableDomain }),
    optOutKey({ kind: "host", target: target.host }),
    optOutKey({ kind: "url", target: target.url }),
    optOutKey({ kind: "url", target: target.normalizedUrl }),
  ];
}

/**
 * Whether an endpoint must be left alone. An endpoint nobody claimed obeys every request; one that a tenant confirmed
 * it may probe only a verified one, so that nobody can blind another's monitoring.
 */
export function isOptedOut(
  plan: Pick<EndpointPlan, "isUnclaimed" | "registrableDomain" | "host" | "url" | "normalizedUrl">,
  index: OptOutIndex,
): boolean {
  const obeyed = plan.isUnclaimed ? index.all : index.verified;
  return obeyed.size > 0 && optOutKeysOf(plan).some((key) => obeyed.has(key));
}
