/** Names, addresses and TCP: nothing of the endpoint's program was reached. */

import { createAddressGuard } from "../../src/address-guard.ts";
import type { Resolution, ResolveHost } from "../../src/resolve-host.ts";
import { type Fault, nowhere } from "./fault.ts";
import { closedPort, stuckListener } from "./raw-endpoint.ts";

const resolvesTo =
  (...addresses: string[]): ResolveHost =>
  () =>
    Promise.resolve({ kind: "resolved", addresses });

const fails =
  (detail: Extract<Resolution, { kind: "failed" }>["detail"]): ResolveHost =>
  () =>
    Promise.resolve({ kind: "failed", detail });

const closed = { guard: createAddressGuard({ allowCidrs: [] }) };
const broadcastOpened = { guard: createAddressGuard({ allowCidrs: ["127.0.0.0/8"] }) };

const FORBIDDEN = [
  ["loopback", "http://127.0.0.1:9/mcp"],
  ["loopback in hexadecimal", "http://0x7f000001:9/mcp"],
  ["IPv6 loopback", "http://[::1]:9/mcp"],
  ["loopback mapped into IPv6", "http://[::ffff:127.0.0.1]:9/mcp"],
  ["private 10/8", "http://10.0.0.1/mcp"],
  ["private 172.16/12", "http://172.16.0.1/mcp"],
  ["private 192.168/16", "http://192.168.1.1/mcp"],
  ["carrier-grade NAT", "http://100.64.0.1/mcp"],
  ["link-local cloud metadata", "http://169.254.169.254/latest/meta-data"],
  ["unique local IPv6", "http://[fd00::1]/mcp"],
  ["link-local IPv6", "http://[fe80::1]/mcp"],
  ["NAT64 of a private address", "http://[64:ff9b::a00:1]/mcp"],
  ["unspecified", "http://0.0.0.0/mcp"],
  ["multicast", "http://224.0.0.1/mcp"],
] as const;

export const DIAL_FAULTS: readonly Fault[] = [
  ...FORBIDDEN.map(
    ([kind, url]): Fault => ({
      name: `a URL at a ${kind} address`,
      open: nowhere(url),
      deps: () => closed,
      judged: "down target_blocked dns target_forbidden",
      also: ({ steps }) => {
        if (steps.some(({ step }) => step === "tcp")) {
          throw new Error("a forbidden address was dialled");
        }
      },
    }),
  ),
  {
    name: "a name with one private address among public ones",
    open: nowhere("http://mixed.example/mcp"),
    deps: () => ({ ...closed, resolve: resolvesTo("192.0.43.8", "10.0.0.1") }),
    judged: "down target_blocked dns target_forbidden",
  },
  {
    name: "a name that does not exist",
    open: nowhere("http://gone.example/mcp"),
    deps: () => ({ resolve: fails("dns_nxdomain") }),
    judged: "down dns_failure dns dns_nxdomain",
  },
  {
    name: "name servers that fail",
    open: nowhere("http://broken.example/mcp"),
    deps: () => ({ resolve: fails("dns_error") }),
    judged: "down dns_failure dns dns_error",
  },
  {
    name: "name servers that never answer",
    open: nowhere("http://silent.example/mcp"),
    deps: () => ({ resolve: fails("dns_timeout") }),
    judged: "down dns_failure dns dns_timeout",
  },
  {
    name: "a look-up that is still under way when the budget ends",
    open: nowhere("http://slow.example/mcp"),
    deps: () => ({ resolve: () => new Promise(() => {}) }),
    request: { budgetMs: 1_000 },
    judged: "down dns_failure dns dns_timeout",
  },
  {
    name: "a name without any address",
    open: nowhere("http://empty.example/mcp"),
    deps: () => ({ resolve: resolvesTo() }),
    judged: "down target_blocked dns target_forbidden",
  },
  {
    name: "a closed port",
    open: closedPort,
    judged: "down connection_refused tcp tcp_refused",
  },
  {
    name: "an address without a route",
    open: nowhere("http://127.255.255.255:9/mcp"),
    deps: () => broadcastOpened,
    judged: "down connection_refused tcp tcp_unreachable",
  },
  {
    name: "a listener that is stuck, up to the connect bound",
    open: stuckListener,
    judged: "down connection_timeout tcp tcp_timeout",
    also: ({ startedAtMs, observedAtMs }) => {
      if (observedAtMs - startedAtMs > 6_500) {
        throw new Error("connecting took longer than its five seconds");
      }
    },
  },
  {
    name: "a listener that is stuck, when the budget ends first",
    open: stuckListener,
    request: { budgetMs: 1_000 },
    judged: "down connection_timeout tcp tcp_timeout",
  },
];
