/** An ntfy server and what its subscribers see. docs.ntfy.sh/publish: "Publish as JSON", "Limitations", "Authentication". */
import { z } from "zod";
import { type Answer, openReceiver, type Received, type Receiver } from "./open-receiver.ts";

export interface NtfyMessage {
  readonly topic: string;
  readonly title: string;
  readonly message: string;
  readonly priority: number;
}

export interface NtfyReceiver extends Receiver {
  readonly topic: string;
  readonly token: string;
  readonly messages: NtfyMessage[];
  /** From now on only the token publishes. */
  protect(): void;
}

const MESSAGE_BYTES_MAX = 4_096;
const http = z.url({ protocol: /^https?$/ });
const publication = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  message: z.string().optional(),
  title: z.string().optional(),
  tags: z.array(z.string()).optional(),
  priority: z.int().min(1).max(5).optional(),
  click: http.optional(),
  actions: z
    .array(
      z.object({
        action: z.enum(["view", "http", "broadcast"]),
        label: z.string().min(1),
        url: http.optional(),
      }),
    )
    .max(3)
    .optional(),
});

export async function openNtfyReceiver(): Promise<NtfyReceiver> {
  const messages: NtfyMessage[] = [];
  const token = "tk_abcdefghijklmnopqrstuvwxyz012";
  const state = { isProtected: false };
  const no = (http: number, code: number, error: string): Answer => ({
    status: http,
    body: { code, http, error },
  });

  const receiver = await openReceiver((request: Received) => {
    if (request.path !== "/" || (request.method !== "POST" && request.method !== "PUT")) {
      return no(404, 40_401, "page not found");
    }
    const { authorization } = request.headers;
    if (authorization !== undefined && authorization !== `Bearer ${token}`) {
      return no(401, 40_101, "unauthorized");
    }
    if (state.isProtected && authorization === undefined) {
      return no(403, 40_301, "forbidden");
    }
    const { data } = publication.safeParse(request.json);
    if (data === undefined) {
      return no(400, 40_024, "invalid request: request body must be message JSON");
    }
    const { topic, title = "", message = "triggered", priority = 3 } = data;
    if (Buffer.byteLength(message) > MESSAGE_BYTES_MAX) {
      return no(413, 41_301, "attachment too large, or bandwidth limit reached");
    }
    messages.push({ topic, title, message, priority });
    return {
      status: 200,
      body: { id: "sPs71M8A2T", time: 1_700_000_000, event: "message", topic, title, message },
    };
  });
  return {
    ...receiver,
    topic: "secret-topic",
    token,
    messages,
    protect: () => {
      state.isProtected = true;
    },
  };
}
