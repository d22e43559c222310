/**
 * The credential part of the api's internal port on loopback: it keeps the contract of
 * services/core/src/credential-handover.ts, and a test says what is in the vault.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import {
  HANDOVER_PATH,
  HANDOVER_VERSION,
  handoverRequestSchema,
  type OpenedCredential,
} from "@alivemcp/core/credential-handover";
import { readCredentialTicket, signCredentialTicket, TICKET_LIFE_MS } from "@alivemcp/core/credential-ticket";
import type { ProbeJob } from "@alivemcp/core/pipeline";
import { type BoxBinding, sealBox } from "@alivemcp/runtime/sealed-box";

const TICKET_KEY = "a-ticket-key-of-32-characters-or-more";
export const REGION_TOKENS = new Map([
  ["us-east", "token-of-us-east"],
  ["eu-west", "token-of-eu-west"],
]);

/** What the vault holds for one endpoint: a token, or what else becomes of a request. */
export type VaultEntry =
  | { readonly token: string; readonly newerToken?: string; readonly expiresAtMs?: number }
  | { readonly headers: Readonly<Record<string, string>> }
  | { readonly rejected: string }
  | { readonly status: number; readonly body?: string };

export interface HandoverAsked {
  readonly jobId: string;
  readonly dispatch: number;
  readonly publicKey: string;
  readonly isRenewal: boolean;
  readonly endpointId: string;
}

export type InternalPort = Awaited<ReturnType<typeof openInternalPort>>;

/** `answerAfter` resolves before each answer: for tests that act in between. */
export async function openInternalPort(answerAfter: () => Promise<void> = () => Promise.resolve()) {
  const vault = new Map<string, VaultEntry>();
  const asked: HandoverAsked[] = [];
  const keys = new Map<string, string>();
  const sockets = new Set<Socket>();

  const answer = (authorization: string | undefined, body: string): { status: number; body: string } => {
    const request = handoverRequestSchema.safeParse(JSON.parse(body));
    if (!request.success) {
      return problem(400);
    }
    const { region, jobId, dispatch, publicKey, isRenewal } = request.data;
    if (authorization !== `Bearer ${REGION_TOKENS.get(region)}`) {
      return problem(401);
    }
    const ticket = readCredentialTicket([TICKET_KEY], request.data.ticket, Date.now());
    if (ticket.kind === "invalid" || ticket.claims.region !== region || ticket.claims.jobId !== jobId) {
      return problem(403);
    }
    const { endpointId } = ticket.claims;
    asked.push({ jobId, dispatch, publicKey, isRenewal, endpointId });
    const dispatched = JSON.stringify([region, jobId, dispatch, isRenewal]);
    if ((keys.get(dispatched) ?? publicKey) !== publicKey) {
      return problem(409);
    }
    keys.set(dispatched, publicKey);
    const binding = { region, jobId, dispatch, endpointId };
    return give(vault.get(endpointId), { publicKey, isRenewal, binding });
  };
  const server = createServer((request, response) => {
    void Promise.all([read(request), answerAfter()]).then(([body]) => {
      const isKnown = request.method === "POST" && request.url === HANDOVER_PATH;
      const told = isKnown ? answer(request.headers.authorization, body) : problem(404);
      response.writeHead(told.status, { "content-type": "application/json" }).end(told.body);
    });
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const close = async () => {
    for (const socket of sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, vault, asked, close, reopen: () => listen(port) };
}

/** The ticket that the scheduler would sign for this job. */
export function ticketFor(
  job: Pick<ProbeJob, "endpointId" | "region">,
  jobId: string,
  over: { readonly key?: string; readonly expiresAtMs?: number } = {},
): string {
  return signCredentialTicket(over.key ?? TICKET_KEY, {
    endpointId: job.endpointId,
    tenantId: "00000000-0000-4000-8000-000000000001",
    credentialVersion: 1,
    region: job.region,
    jobId,
    expiresAtMs: over.expiresAtMs ?? Date.now() + TICKET_LIFE_MS,
  });
}

function give(
  entry: VaultEntry | undefined,
  to: { readonly publicKey: string; readonly isRenewal: boolean; readonly binding: BoxBinding },
) {
  if (entry === undefined) {
    return problem(404);
  }
  if ("status" in entry) {
    return { status: entry.status, body: entry.body ?? "{}" };
  }
  if ("rejected" in entry) {
    return { status: 200, body: JSON.stringify({ kind: "rejected", detail: entry.rejected }) };
  }
  const plaintext = Buffer.from(JSON.stringify(openedOf(entry, to.isRenewal)));
  const box = sealBox(to.publicKey, plaintext, to.binding);
  return { status: 200, body: JSON.stringify({ kind: "sealed", ...box }) };
}

function openedOf(
  entry: Extract<VaultEntry, { token: string } | { headers: object }>,
  isRenewal: boolean,
): OpenedCredential {
  if ("headers" in entry) {
    const headers = Object.entries(entry.headers).map(([name, value]) => ({ name, value }));
    return { v: HANDOVER_VERSION, headers, expiresAtMs: null };
  }
  const token = isRenewal ? (entry.newerToken ?? entry.token) : entry.token;
  const headers = [{ name: "Authorization", value: `Bearer ${token}` }];
  return { v: HANDOVER_VERSION, headers, expiresAtMs: entry.expiresAtMs ?? null };
}

const problem = (status: number) => ({ status, body: JSON.stringify({ type: "about:blank", status }) });

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}
