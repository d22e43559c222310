/** Who answers for an address on the web: the registrable domain of a host, by the Public Suffix List. */
import { getDomain } from "tldts";

/** `mcp.eu.example.co.uk` → `example.co.uk`; IP literals and names without a registrable part stand for themselves. */
export function registrableDomain(hostname: string): string {
  const bare = hostname.toLowerCase().replace(/\.$/, "");
  return getDomain(bare, { allowPrivateDomains: true }) ?? bare;
}
