/**
 * Which addresses may be dialled. Only globally routed unicast; everything private, local, shared, reserved, translated
 * or multicast is refused unless an operator opened its range by name (self-hosting, tests, the demo).
 */
import { AppError } from "@alivemcp/core/app-error";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

export interface AddressGuard {
  /** `public`: anybody's address. `opened`: inside a range the operator named. `forbidden`: never connected to. */
  classify(address: string): "public" | "opened" | "forbidden";
}

/**
 * Builds the guard. `allowCidrs` are ranges such as `127.0.77.0/24`; a malformed one throws `invalid`.
 * `allowPrivate` opens everything: for the CLI on its user's own machine, never for a worker.
 */
export function createAddressGuard(input: {
  allowCidrs: readonly string[];
  allowPrivate?: boolean;
}): AddressGuard {
  const opened = input.allowCidrs.map(parseRange);
  const isAllOpen = input.allowPrivate === true;
  return {
    classify: (text) => {
      const address = parseAddress(text);
      if (address === null) {
        return "forbidden";
      }
      if (opened.some((range) => isInside(address, range))) {
        return "opened";
      }
      if (address.range() === "unicast") {
        return "public";
      }
      return isAllOpen ? "opened" : "forbidden";
    },
  };
}

/** IPv4 inside IPv6 (`::ffff:127.0.0.1`) is judged as the IPv4 address that the kernel will connect to. */
function parseAddress(text: string): Address | null {
  const bare = text.replace(/^\[|\]$/g, "");
  if (!ipaddr.isValid(bare)) {
    return null;
  }
  const address = ipaddr.process(bare);
  return address;
}

function isInside(address: Address, [base, bits]: Range): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

function parseRange(cidr: string): Range {
  const text = cidr.trim();
  const range = text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`;
  if (!ipaddr.isValidCIDR(range)) {
    throw new AppError({
      code: "invalid",
      internal: `not an address range: ${cidr}`,
      public: `Not an address range: ${cidr}.`,
      field: "PROBE_ALLOW_CIDRS",
    });
  }
  return ipaddr.parseCIDR(range);
}
