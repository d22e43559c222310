/**
 * Jira Service Management and Opsgenie: alerts by alias. developer.atlassian.com, JSM ops, "Integration events"; docs.opsgenie.com, "Alert API" (field limits).
 */
import { z } from "zod";
import { type Answer, chars, openReceiver, type Received, type Receiver } from "./open-receiver.ts";

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
  readonly vendors: { readonly jsm: string; readonly opsgenie: string; readonly opsgenieEu: string };
  revoke(): void;
}

const ALERTS = /^(?:\/jsm\/ops\/integration)?\/v2\/alerts(?:\/([^/]+)\/(acknowledge|close|notes))?$/;
const sizeOf = (details: Record<string, string>) => Object.entries(details).flat().join("").length;
const createBody = z.strictObject({
  message: chars(130).min(1),
  alias: chars(512).optional(),
  description: chars(15_000).optional(),
  priority: z.enum(["P1", "P2", "P3", "P4", "P5"]).default("P3"),
  tags: z.array(chars(50)).max(20).optional(),
  details: z
    .record(z.string(), z.string())
    .refine((details) => sizeOf(details) <= 8_000)
    .optional(),
  entity: chars(512).optional(),
  source: chars(100).optional(),
  note: chars(25_000).optional(),
});
const changeBody = z.strictObject({
  note: chars(25_000).optional(),
  source: chars(100).optional(),
  user: chars(100).optional(),
});

function no(status: number, message: string): Answer {
  return { status, body: { message, took: 0.01, requestId: "43a29c5c-3dbf-4fa4-9c26-f4f71023e121" } };
}

/** What a request about alerts is told before its body is looked at; null: nothing. */
function misplacedAs(request: Received, apiKey: string, isRevoked: boolean): Answer | null {
  const { authorization = "" } = request.headers;
  if (!ALERTS.test(request.path) || request.method !== "POST") {
    return no(404, "No handler found");
  }
  if (authorization !== `GenieKey ${apiKey}`) {
    return no(
      401,
      authorization.startsWith("GenieKey ") ? "Key format is not valid!" : "Could not authenticate",
    );
  }
  if (isRevoked) {
    return no(403, "This integration is disabled");
  }
  const isJson =
    request.json !== undefined && /^application\/json/.test(String(request.headers["content-type"]));
  return isJson ? null : no(400, "Request body is not valid JSON");
}

export async function openJsmReceiver(): Promise<JsmReceiver> {
  const alerts: JsmAlert[] = [];
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
    found?.notes.push(body.data.note ?? "");
    if (found !== undefined && verb !== "notes") {
      found.status = verb === "close" ? "closed" : "acknowledged";
    }
    return accepted;
  };

  const receiver = await openReceiver((request) => {
    const misplaced = misplacedAs(request, apiKey, state.isRevoked);
    const [, alias, verb] = ALERTS.exec(request.path) ?? [];
    if (misplaced !== null) {
      return misplaced;
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
    vendors: { jsm: url, opsgenie: url, opsgenieEu: url },
    revoke: () => {
      state.isRevoked = true;
    },
  };
}
