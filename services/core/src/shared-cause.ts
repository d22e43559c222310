/**
 * What several endpoints that fail at once may have in common. The list is open: whoever learns another fact of an
 * endpoint (its provider, address block, certificate issuer) adds a kind, and grouping and suppression follow it. Today
 * a probe's evidence carries neither address nor issuer, so that those kinds are named here but nobody fills them in.
 */
import type { FailureReason } from "./states.ts";

/** Most specific first: the first one that others share names the trouble. */
export const SHARED_CAUSE_KINDS = ["host", "domain", "issuer", "block", "provider", "failure"] as const;
export type SharedCauseKind = (typeof SHARED_CAUSE_KINDS)[number];

/** Such as `host:mcp.example.com` or `failure:timeout@eu-west,us-east`; at most 300 characters. */
export type SharedCause = `${SharedCauseKind}:${string}`;

export interface CauseFacts {
  readonly host: string;
  readonly registrableDomain: string;
  readonly failureReason: FailureReason | null;
  /** Regions that say so. */
  readonly regions: readonly string[];
  /** Suffix under which strangers have their names, such as `vercel.app`. */
  readonly provider?: string | null;
  readonly addressBlock?: string | null;
  readonly certificateIssuer?: string | null;
}

const CAUSE_CHARS_MAX = 300;

/** All that an endpoint in trouble may share with others, most specific first. The same facts give the same words. */
export function sharedCausesOf(facts: CauseFacts): readonly SharedCause[] {
  const failure =
    facts.failureReason === null || facts.regions.length === 0
      ? null
      : `${facts.failureReason}@${[...new Set(facts.regions)].sort().join(",")}`;
  const values: Readonly<Record<SharedCauseKind, string | null | undefined>> = {
    host: facts.host,
    domain: facts.registrableDomain,
    issuer: facts.certificateIssuer,
    block: facts.addressBlock,
    provider: facts.provider,
    failure,
  };
  return SHARED_CAUSE_KINDS.flatMap((kind) => {
    const value = values[kind];
    return value ? [`${kind}:${value.toLowerCase()}`.slice(0, CAUSE_CHARS_MAX) as SharedCause] : [];
  });
}

export const kindOfCause = (cause: SharedCause): SharedCauseKind =>
  cause.slice(0, cause.indexOf(":")) as SharedCauseKind;

/**
 * Causes that can be the fault of nobody who is struck. A way of failing that every asked region sees says nothing of the
 * kind: two servers that both refuse connections have nothing in common. Seen from some regions only, it is the regions'.
 */
export function outsideCausesOf(facts: CauseFacts, regionsAsked: readonly string[]): readonly SharedCause[] {
  const isRegional = regionsAsked.some((region) => !facts.regions.includes(region));
  return sharedCausesOf(facts).filter((cause) => isRegional || kindOfCause(cause) !== "failure");
}

/** A cause in words for a message: "the host mcp.example.com". Only what the endpoint's own tenant knows anyway. */
export function sharedCauseWords(cause: string): string {
  const [kind, value] = [cause.slice(0, cause.indexOf(":")), cause.slice(cause.indexOf(":") + 1)];
  switch (kind) {
    case "host":
      return `the host ${value}`;
    case "domain":
      return `the domain ${value}`;
    case "issuer":
      return `certificates issued by ${value}`;
    case "block":
      return `the address block ${value}`;
    case "provider":
      return `the provider ${value}`;
    default:
      return `the same failure (${value.split("@")[0]?.replaceAll("_", " ") ?? ""}) in the same regions`;
  }
}
