/**
 * Preloaded (`node --import`) into servers of others that take a port but no address and would listen on every
 * interface: makes every listener of the process use LISTEN_HOST.
 */
import { type ListenOptions, Server } from "node:net";

const host = process.env.LISTEN_HOST;
if (!host) {
  throw new Error("LISTEN_HOST names the address to bind to.");
}

const listen = Server.prototype.listen;
Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const [first] = args;
  const callback = args.findLast((arg) => typeof arg === "function") as (() => void) | undefined;
  const options: ListenOptions =
    typeof first === "object" && first !== null ? { ...first, host } : { port: Number(first), host };
  return listen.call(this, options, callback);
} as Server["listen"];
