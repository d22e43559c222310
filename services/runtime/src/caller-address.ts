import { isIPv6 } from "node:net";

/**
 * Who asks, for rate limits only: never logged or stored. Behind `hops` trusted proxies the address that the outermost
 * of them appended to `X-Forwarded-For`; what a client wrote there itself is further left and not believed. Of IPv6
 * the /64, which one household or host has to itself.
 */
export function callerAddress(
  asked: { readonly forwardedFor: string | undefined; readonly socketAddress: string | undefined },
  hops: number,
): string {
  const forwarded = (asked.forwardedFor ?? "").split(",").map((part) => part.trim());
  const address = (hops > 0 ? forwarded.at(-hops) : undefined) || asked.socketAddress || "unknown";
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  return isIPv6(plain) ? network64(plain) : plain;
}

/** The first four groups of an IPv6 address, written out. */
function network64(address: string): string {
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  return `${[...left, ...zeros, ...right].slice(0, 4).join(":")}::/64`;
}
