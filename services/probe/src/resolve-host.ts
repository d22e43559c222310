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
  const answers: { v4?: readonly string[]; v6?: readonly string[]; codes: string[] } = { codes: [] };
  const done = (family: "v4" | "v6", error: NodeJS.ErrnoException | null, addresses: readonly string[]) => {
    answers[family] = error === null ? addresses : [];
    answers.codes.push(error?.code ?? "");
    if (answers.v4 === undefined || answers.v6 === undefined) {
      return;
    }
    const all = [...answers.v4, ...answers.v6];
    if (all.length > 0) {
      settle({ kind: "resolved", addresses: all });
    } else if (answers.codes.every((code) => code === "ENOTFOUND" || code === "ENODATA" || code === "")) {
      lookUp(hostname, settle);
    } else if (answers.codes.includes("ECONNREFUSED")) {
      // No name server at all: the system look-up is the only one there is.
      lookUp(hostname, settle);
    } else {
      settle({
        kind: "failed",
        detail: answers.codes.includes("ETIMEOUT") ? "dns_timeout" : "dns_error",
      });
    }
  };
  resolver.resolve4(hostname, (error, addresses) => done("v4", error, addresses));
  resolver.resolve6(hostname, (error, addresses) => done("v6", error, addresses));
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
