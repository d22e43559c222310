/** TCP to one of the addresses of a name. */
import { connect, type Socket } from "node:net";
import type { DialOutcome } from "@alivemcp/core/probe-outcome";

const CONNECT_DEADLINE_MS = 5_000;
/** Of the addresses of one name, how many are tried within the connect deadline. */
const ADDRESSES_TRIED_MAX = 4;
/** Errors of this machine, not of the endpoint. */
const OWN_FAULTS: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS", "EPERM", "EACCES"]);
const UNREACHABLE: ReadonlySet<string> = new Set([
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EHOSTDOWN",
  "ENETDOWN",
  "EAFNOSUPPORT",
]);

interface TcpEvents {
  isOver(): boolean;
  onSocket(socket: Socket): void;
  onFailed(outcome: DialOutcome): void;
  onConnected(socket: Socket): void;
}

/**
 * One address after the other, from `addressOffset` on, sharing the connect deadline; the first failure is reported when
 * all fail. The addresses have been tested.
 */
export function tryAddresses(
  tested: readonly string[],
  target: { readonly port: number; readonly addressOffset: number },
  events: TcpEvents,
): void {
  const addresses = rotate(tested, target.addressOffset).slice(0, ADDRESSES_TRIED_MAX);
  const deadlineMs = performance.now() + CONNECT_DEADLINE_MS;
  let first: DialOutcome | null = null;
  const attempt = (index: number) => {
    const host = addresses[index] ?? "";
    const left = addresses.length - index;
    const timeoutMs =
      left === 1 && index === 0 ? CONNECT_DEADLINE_MS : (deadlineMs - performance.now()) / left;
    const socket = connect({ host, port: target.port, noDelay: true });
    events.onSocket(socket);
    const failed = (outcome: DialOutcome) => {
      clearTimeout(timer);
      socket.removeListener("connect", connected);
      socket.on("error", ignore);
      socket.destroy();
      first ??= outcome;
      if (events.isOver()) {
        return;
      }
      if (index + 1 < addresses.length && performance.now() < deadlineMs) {
        attempt(index + 1);
      } else {
        events.onFailed(first);
      }
    };
    const onError = (error: NodeJS.ErrnoException) => failed(tcpFailure(error.code ?? ""));
    const connected = () => {
      clearTimeout(timer);
      socket.removeListener("error", onError);
      socket.on("error", ignore);
      if (events.isOver()) {
        socket.destroy();
      } else {
        events.onConnected(socket);
      }
    };
    const timer = setTimeout(() => {
      socket.removeListener("error", onError);
      failed({ kind: "connect-timed-out", detail: "tcp_timeout" });
    }, timeoutMs);
    socket.once("connect", connected);
    socket.once("error", onError);
  };
  attempt(0);
}

/** Sockets we are done with still report; nobody else would listen, and an unheard error ends the process. */
function ignore(): void {}

function tcpFailure(code: string): DialOutcome {
  if (code === "ECONNREFUSED") {
    return { kind: "connect-refused", detail: "tcp_refused" };
  }
  if (code === "ETIMEDOUT") {
    return { kind: "connect-timed-out", detail: "tcp_timeout" };
  }
  if (OWN_FAULTS.has(code)) {
    return { kind: "probe-broke", detail: "probe_out_of_resources" };
  }
  if (UNREACHABLE.has(code)) {
    return { kind: "connect-refused", detail: "tcp_unreachable" };
  }
  return { kind: "connect-refused", detail: code === "ECONNRESET" ? "tcp_reset" : "tcp_error" };
}

function rotate(addresses: readonly string[], offset: number): readonly string[] {
  const start = offset % addresses.length;
  return start === 0 ? addresses : [...addresses.slice(start), ...addresses.slice(0, start)];
}
