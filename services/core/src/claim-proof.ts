/** How somebody proves that an endpoint is theirs: what to put where, and whether it is there. */
import { createHmac } from "node:crypto";

export const CLAIM_METHODS = ["dns", "file", "marker"] as const;
export type ClaimMethod = (typeof CLAIM_METHODS)[number];

/** What one workspace has to show for one endpoint, in each of the three places. */
export interface ClaimChallenge {
  /** The text to be found: the same in all three places. */
  readonly proof: string;
  /** Name of the TXT record; null for an address, which has no zone. An underscored name (RFC 8552) goes beside a CNAME. */
  readonly dnsName: string | null;
  readonly fileUrl: string;
}

const PROOF = /alivemcp-verify=[0-9a-f]{32}(?![0-9a-f])/g;

/**
 * The challenge for a workspace and an endpoint. Derived from a key of the installation, so nothing is stored until it
 * is met; another workspace or endpoint has another one, and nobody outside can tell it.
 */
export function claimChallenge(
  key: string,
  claim: { readonly tenantId: string; readonly endpointId: string; readonly url: string },
): ClaimChallenge {
  const token = createHmac("sha256", key)
    .update(`claim-proof 1 ${claim.tenantId} ${claim.endpointId}`)
    .digest("hex")
    .slice(0, 32);
  const { hostname, origin } = new URL(claim.url);
  const isAddress = /^\[|^\d+(?:\.\d+){3}$/.test(hostname);
  return {
    proof: `alivemcp-verify=${token}`,
    dnsName: isAddress ? null : `_alivemcp.${hostname}`,
    fileUrl: `${origin}/.well-known/alivemcp.txt`,
  };
}

/** What a workspace has to show in DNS for a host name to be the address of one of its pages; as `claimChallenge`. */
export function pageHostChallenge(
  key: string,
  claim: { readonly tenantId: string; readonly pageId: string; readonly host: string },
): { readonly proof: string; readonly dnsName: string } {
  const token = createHmac("sha256", key)
    .update(`page-host-proof 1 ${claim.tenantId} ${claim.pageId} ${claim.host}`)
    .digest("hex")
    .slice(0, 32);
  return { proof: `alivemcp-verify=${token}`, dnsName: `_alivemcp.${claim.host}` };
}

/** The token of a proof, as it is stored once it was met. */
export const tokenOfProof = (proof: string): string => proof.slice("alivemcp-verify=".length);

/** Whether a text holds this proof among whatever else; several workspaces may stand in one text. */
export function holdsProof(text: string, proof: string): boolean {
  return text.match(PROOF)?.some((found) => found === proof) ?? false;
}
