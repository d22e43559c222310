/** The intake check of a URL: its shape, then where its name leads. Probes check again every time; names move. */
import { checkEndpointUrl, type EndpointUrlRefusal } from "@alivemcp/core/endpoint-url";
import type { ProbeDeps } from "./probe-deps.ts";
import { registrableDomain } from "./registrable-domain.ts";

export type TargetCheck =
  | { readonly kind: "accepted"; readonly url: string; readonly registrableDomain: string }
  | {
      readonly kind: "refused";
      readonly field: "url";
      readonly reason: EndpointUrlRefusal | "url_private_address" | "url_unknown_host";
      readonly message: string;
    };

/**
 * Accepts a URL that may be watched. Refused: what `checkEndpointUrl` refuses, a name that does not exist, and a name
 * with any address that is not public (unless the operator opened its range). A name server that does not answer
 * refuses nothing: the probe will say so. Never rejects.
 */
export async function checkTarget(
  deps: Pick<ProbeDeps, "resolve" | "guard">,
  text: string,
): Promise<TargetCheck> {
  const checked = checkEndpointUrl(text);
  if (checked.kind === "refused") {
    return checked;
  }
  const { hostname } = new URL(checked.url);
  const resolution = await deps.resolve(hostname);
  if (resolution.kind === "failed" && resolution.detail === "dns_nxdomain") {
    return refused("url_unknown_host", `There is no host named ${hostname}.`);
  }
  const addresses = resolution.kind === "resolved" ? resolution.addresses : [];
  if (addresses.some((address) => deps.guard.classify(address) === "forbidden")) {
    return refused(
      "url_private_address",
      "This URL leads to a private or reserved address, which cannot be probed from outside.",
    );
  }
  return { kind: "accepted", url: checked.url, registrableDomain: registrableDomain(hostname) };
}

function refused(reason: "url_private_address" | "url_unknown_host", message: string): TargetCheck {
  return { kind: "refused", field: "url", reason, message };
}
