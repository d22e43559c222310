/**
 * Preload (`node --import`) for programs that choose their own port: their first listening socket goes to
 * `LISTEN_HOST`:`LISTEN_PORT` instead. Lets example servers of other packages run beside each other, on loopback only.
 */
import { Server } from "node:net";

const host = process.env.LISTEN_HOST ?? "127.0.0.1";
const ports = (process.env.LISTEN_PORT ?? "").split(",").map(Number);
const listen = Server.prototype.listen;

Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const port = ports.shift();
  if (port === undefined || !Number.isInteger(port)) {
    throw new Error("this program opens more ports than LISTEN_PORT names");
  }
  const callback = args.find((arg) => typeof arg === "function") as (() => void) | undefined;
  return listen.call(this, { host, port }, callback);
} as typeof listen;
