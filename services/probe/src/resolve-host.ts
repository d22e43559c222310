/** Name to addresses, once, within a deadline, without the four threads that `getaddrinfo` shares. */
import { lookup, Resolver } from "node:dns";
import { isIP } from "node:net";

export type Resolution =
  | { readonly kind: "resolved"; readonly addresses: readonly string[] }
  | { readonly kind: "failed"; readonly detail: "dns_nxdomain" | "dns_error" | "dns_timeout" };

export type ResolveHost = (hostname: string) => Promise<Resolution>;

const DNS_DEADLINE_MS = 5_000;
/** Per server and try; the resolver goes on to the next configured server by itself. */
const DNS_TRY_MS = 1_500;
const DNS_TRIES = 2;

/**
 * Resolves over c-ares (both families, IPv4 first). Names that DNS does not know go to the system's own look-up, which
 * also reads the hosts file. IP literals come back as they are. Never rejects.
 */
export function createResolveHost(): ResolveHost {
  const resolver = new Resolver({ timeout: DNS_TRY_MS, tries: DNS_TRIES });
  return (hostname) => {
    const bare = hostname.replace(/^\[|\]$/g, "");
    if (isIP(bare) !== 0) {
      return Promise.resolve({ kind: "resolved", addresses: [bare] });
    }
    return withinDeadline((settle) => {
      // A name without a dot, and `localhost` in any spelling, is the hosts file's business first.
      if (!bare.replace(/\.$/, "").includes(".") || /(^|\.)localhost\.?$/i.test(bare)) {
        lookUp(bare, settle);
      } else {
        queryBoth(resolver, bare, settle);
      }
    });
  };
}

function withinDeadline(start: (settle: (resolution: Resolution) => void) => void): Promise<Resolution> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ kind: "failed", detail: "dns_timeout" }), DNS_DEADLINE_MS);
    start((resolution) => {
      clearTimeout(timer);
      resolve(resolution);
    });
  });
}

function queryBoth(resolver: Resolver, hostname: string, settle: (resolution: Resolution) => void): void {
  const families: { v4?: Family; v6?: Family } = {};
  const done = (family: "v4" | "v6", error: NodeJS.ErrnoException | null, addresses: readonly string[]) => {
    families[family] = error === null ? { addresses, code: "" } : { addresses: [], code: error.code ?? "" };
    const { v4, v6 } = families;
    if (v4 !== undefined && v6 !== undefined) {
      settleBoth(hostname, v4, v6, settle);
    }
  };
  resolver.resolve4(hostname, (error, addresses) => done("v4", error, addresses));
  resolver.resolve6(hostname, (error, addresses) => done("v6", error, addresses));
}

interface Family {
  readonly addresses: readonly string[];
  /** Empty when the query was answered. */
  readonly code: string;
}

/** Unknown to DNS, or no name server at all (`ECONNREFUSED`): what else the system knows may still say. */
const SYSTEM_MAY_KNOW: ReadonlySet<string> = new Set(["", "ENOTFOUND", "ENODATA", "ECONNREFUSED"]);

function settleBoth(
  hostname: string,
  v4: Family,
  v6: Family,
  settle: (resolution: Resolution) => void,
): void {
  const addresses = [...v4.addresses, ...v6.addresses];
  if (addresses.length > 0) {
    settle({ kind: "resolved", addresses });
  } else if (SYSTEM_MAY_KNOW.has(v4.code) && SYSTEM_MAY_KNOW.has(v6.code)) {
    lookUp(hostname, settle);
  } else {
    const isTimeout = v4.code === "ETIMEOUT" || v6.code === "ETIMEOUT";
    settle({ kind: "failed", detail: isTimeout ? "dns_timeout" : "dns_error" });
  }
}

function lookUp(hostname: string, settle: (resolution: Resolution) => void): void {
  lookup(hostname, { all: true, order: "ipv4first" }, (error, found) => {
    if (error === null && found.length > 0) {
      settle({ kind: "resolved", addresses: found.map(({ address }) => address) });
    } else {
      const isUnknown = error?.code === "ENOTFOUND" || error?.code === "ENODATA";
      settle({ kind: "failed", detail: isUnknown ? "dns_nxdomain" : "dns_error" });
    }
  });
}
