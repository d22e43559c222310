/** Whether a name can be somebody's own on the web, by the Public Suffix List. */
import { parse } from "tldts";

const LABELS = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** `not-a-name`: no host name of ASCII labels. */
export type HostnameVerdict = "fine" | "address" | "not-a-name" | "local" | "public-suffix";

/** Judges a host name in lower case, without a dot at its end; names of other scripts as they stand in DNS (`xn--`). */
export function judgeHostname(host: string): HostnameVerdict {
  const { isIp, isIcann, isPrivate, domain } = parse(host, { allowPrivateDomains: true });
  if (isIp === true || /^(?:[\d.]+|\[.*|[\da-f.]*:[\da-f:.]*)$/.test(host)) {
    return "address";
  }
  if (host === "localhost" || /\.(?:localhost|local|internal|test|invalid|onion|arpa)$/.test(host)) {
    return "local";
  }
  if (host.length > 253 || !LABELS.test(host)) {
    return "not-a-name";
  }
  if (domain === null) {
    return "public-suffix";
  }
  return isIcann === true || isPrivate === true ? "fine" : "not-a-name";
}
