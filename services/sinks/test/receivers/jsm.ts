/**
 * Jira Service Management and Opsgenie: alerts by alias, and heartbeats. developer.atlassian.com, JSM ops, "Integration events";
 * docs.opsgenie.com, "Alert API" (field limits), "Heartbeat API".
 */
import { z } from "zod";
import { type Answer, openReceiver, type Received, type Receiver } from "./open-receiver.ts";

export interface JsmAlert {
  readonly alias: string;
  readonly message: string;
  readonly description: string;
  readonly priority: string;
  status: "open" | "acknowledged" | "closed";
  /** How often it was created while open. */
  count: number;
  readonly notes: string[];
}

export interface JsmReceiver extends Receiver {
  readonly apiKey: string;
  /** Oldest first; creating under the alias of a closed one makes another. */
  readonly alerts: JsmAlert[];
  readonly pings: string[];
  readonly vendors: { readonly jsm: string; readonly opsgenie: string; readonly opsgenieEu: string };
  revoke(): void;
}

const BASES = /^(?:\/jsm\/ops\/integration)?\/v2\/alerts(?:\/([^/]+)\/(acknowledge|close|notes))?$/;
const PING = /^\/v2\/heartbeats\/([^/]+)\/ping$/;
const TEAM_PING = /^\/jsm\/ops\/api\/[^/]+\/v1\/teams\/[^/]+\/heartbeats\/ping$/;
const chars = (details: Record<string, string>) => Object.entries(details).flat().join("").length;
const createBody = z.strictObject({
  message: z.string().min(1).max(130),
  alias: z.string().max(512).optional(),
  description: z.string().max(15_000).optional(),
  priority: z.enum(["P1", "P2", "P3", "P4", "P5"]).default("P3"),
  tags: z.array(z.string().max(50)).max(20).optional(),
  details: z
    .record(z.string(), z.string())
    .refine((details) => chars(details) <= 8_000)
    .optional(),
  entity: z.string().max(512).optional(),
  source: z.string().max(100).optional(),
  note: z.string().max(25_000).optional(),
});
const changeBody = z.strictObject({
  note: z.string().max(25_000).optional(),
  source: z.string().max(100).optional(),
  user: z.string().max(100).optional(),
});

export async function openJsmReceiver(): Promise<JsmReceiver> {
  const alerts: JsmAlert[] = [];
  const pings: string[] = [];
  const apiKey = "01234567-89ab-cdef-0123-456789abcdef";
  const state = { isRevoked: false };
  const accepted: Answer = {
    status: 202,
    body: {
      result: "Request will be processed",
      took: 0.1,
      requestId: "43a29c5c-3dbf-4fa4-9c26-f4f71023e120",
    },
  };
  const no = (status: number, message: string): Answer => ({
    status,
    body: { message, took: 0.01, requestId: "43a29c5c-3dbf-4fa4-9c26-f4f71023e121" },
  });
  const openUnder = (alias: string) =>
    alerts.find((alert) => alert.alias === alias && alert.status !== "closed");

  const create = (request: Received): Answer => {
    const body = createBody.safeParse(request.json);
    if (!body.success) {
      return no(422, `Request body is not processable: ${body.error.issues[0]?.path.join(".") ?? ""}`);
    }
    const { message, description = "", priority, alias = `alias-${alerts.length}` } = body.data;
    const found = openUnder(alias);
    if (found === undefined) {
      alerts.push({ alias, message, description, priority, status: "open", count: 1, notes: [] });
    } else {
      found.count += 1;
    }
    return accepted;
  };

  const change = (request: Received, alias: string, verb: string): Answer => {
    const body = changeBody.safeParse(request.json);
    if (!body.success || (verb === "notes" && body.data.note === undefined)) {
      return no(422, "Request body is not processable");
    }
    // What is unknown there is found out later, asynchronously: the request is accepted all the same.
    const found = request.query.get("identifierType") === "alias" ? openUnder(alias) : undefined;
    if (found !== undefined) {
      found.notes.push(body.data.note ?? "");
      found.status = verb === "close" ? "closed" : verb === "acknowledge" ? "acknowledged" : found.status;
    }
    return accepted;
  };

  const ping = (request: Received): Answer | null => {
    const name =
      PING.exec(request.path)?.[1] ?? (TEAM_PING.test(request.path) ? request.query.get("name") : null);
    if (name === null || name === undefined) {
      return null;
    }
    const isTeams = TEAM_PING.test(request.path);
    const isKnown = isTeams
      ? /^Basic \S+$/.test(request.headers.authorization ?? "")
      : request.headers.authorization === `GenieKey ${apiKey}`;
    if (!isKnown || request.method !== (isTeams ? "POST" : "GET")) {
      return no(isKnown ? 405 : 401, "Could not authenticate");
    }
    pings.push(decodeURIComponent(name));
    return { status: 202, body: { result: "PONG - Heartbeat received", took: 0.01, requestId: "x" } };
  };

  const receiver = await openReceiver((request) => {
    const pong = ping(request);
    const [path, alias, verb] = BASES.exec(request.path) ?? [];
    if (pong !== null || path === undefined || request.method !== "POST") {
      return pong ?? no(404, "No handler found");
    }
    if (request.headers.authorization !== `GenieKey ${apiKey}` || state.isRevoked) {
      return request.headers.authorization?.startsWith("GenieKey ")
        ? no(state.isRevoked ? 403 : 401, "Key format is not valid!")
        : no(401, "Could not authenticate");
    }
    if (!/^application\/json/.test(String(request.headers["content-type"])) || request.json === undefined) {
      return no(400, "Request body is not valid JSON");
    }
    return alias === undefined || verb === undefined
      ? create(request)
      : change(request, decodeURIComponent(alias), verb);
  });
  const { url } = receiver;
  return {
    ...receiver,
    apiKey,
    alerts,
    pings,
    vendors: { jsm: url, opsgenie: url, opsgenieEu: url },
    revoke: () => {
      state.isRevoked = true;
    },
  };
}
