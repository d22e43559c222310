import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { openHttpServer } from "./http-server.ts";

test("closing lets an answer under way end and takes no new connection", async () => {
  const held = Promise.withResolvers<ServerResponse>();
  const http = await openHttpServer({
    createServer: () => createServer((_request, response) => held.resolve(response)),
    hosts: ["127.0.0.1"],
    port: 0,
  });
  const url = `http://127.0.0.1:${http.ports[0]}/`;
  const answer = fetch(url);
  const response = await held.promise;
  const closed = http.close();
  await expect(fetch(url)).rejects.toThrow();
  response.end("whole");
  expect(await (await answer).text()).toBe("whole");
  await closed;
});

test("a port that is taken is refused, and the hosts that were free are let go", async () => {
  const taken = createServer().listen(0, "127.0.0.2");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  const hosts = ["127.0.0.1", "127.0.0.2"];
  await expect(openHttpServer({ createServer: () => createServer(), hosts, port })).rejects.toThrow(
    "EADDRINUSE",
  );
  const again = await openHttpServer({ createServer: () => createServer(), hosts: ["127.0.0.1"], port });
  expect(again.ports).toEqual([port]);
  await again.close();
  taken.close();
});
