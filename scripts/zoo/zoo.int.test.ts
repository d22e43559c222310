import { expect, test } from "vitest";
import { compareWithClients } from "./compare-with-clients.ts";
import { REAL_SERVERS } from "./real-servers.ts";

/** The rest of the zoo runs with `npm run drill:zoo`. */
const SERVERS_OF_CI = 4;

test.each(REAL_SERVERS.slice(0, SERVERS_OF_CI).map((server) => [server.name, server] as const))(
  "%s is judged right, and the official clients agree",
  async (_name, server) => {
    expect((await compareWithClients(server)).disagreements).toEqual([]);
  },
  90_000,
);
