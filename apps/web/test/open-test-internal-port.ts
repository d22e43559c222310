/** A receiver that keeps the contract of the api's internal port: its token, its header, an answer that the test sets. */
import { createServer } from "node:http";
import { CALLER_HEADER, internalCallerSchema } from "@alivemcp/core/internal-port";
import { openHttpServer } from "@alivemcp/runtime/http-server";
import type { InternalPort } from "../src/internal/ask-internal.ts";

const TOKEN = "i".repeat(40);
export const TEST_CALLER = {
  tenantId: "5bcd9d0e-6c3b-4d0f-9c70-6a5f4c2a1e11",
  userId: "5bcd9d0e-6c3b-4d0f-9c70-6a5f4c2a1e12",
  sessionId: "session-1",
  requestId: null,
  address: null,
};

export interface TestInternalPort {
  readonly config: InternalPort;
  /** What it answers to whoever has the token. */
  answer: { status: number; body: string };
  readonly seen: { method: string; path: string; caller: unknown; body: string }[];
  close(): Promise<void>;
}

export async function openTestInternalPort(): Promise<TestInternalPort> {
  const seen: TestInternalPort["seen"] = [];
  const createReceiver = () =>
    createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        const header = Buffer.from(String(request.headers[CALLER_HEADER] ?? ""), "base64url").toString();
        const isKnown = request.headers.authorization === `Bearer ${TOKEN}`;
        seen.push({
          method: String(request.method),
          path: String(request.url),
          caller: header === "" ? null : internalCallerSchema.parse(JSON.parse(header)),
          body,
        });
        const { status, body: text } = isKnown
          ? port.answer
          : { status: 401, body: '{"code":"unauthenticated","detail":"x"}' };
        response.writeHead(status, { "content-type": "application/json" }).end(text);
      });
    });
  const http = await openHttpServer({ createServer: createReceiver, hosts: ["127.0.0.1"], port: 0 });
  const port: TestInternalPort = {
    config: { INTERNAL_URL: `http://127.0.0.1:${http.ports[0]}`, INTERNAL_TOKEN: TOKEN },
    answer: { status: 200, body: "{}" },
    seen,
    close: http.close,
  };
  return port;
}
