/** A Workflows flow that posts cards. learn.microsoft.com: "Create incoming webhooks with Workflows", Adaptive Cards 1.4. */
import { z } from "zod";
import { type Answer, openReceiver, type Received, type Receiver } from "./open-receiver.ts";

export interface TeamsReceiver extends Receiver {
  readonly flowUrl: string;
  /** Cards in the channel, oldest first, as their JSON. */
  readonly cards: string[];
  readonly vendors: { readonly teams: string };
  /** The person who made the flow left. */
  deleteFlow(): void;
  /** It was switched off. */
  disableFlow(): void;
}

const BYTES_MAX = 28 * 1024;
const PATH = "/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke";
const QUERY = "api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=TestSignature0000";

const color = z.enum(["Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"]);
const run = z.strictObject({
  type: z.literal("TextRun"),
  text: z.string(),
  weight: z.enum(["Default", "Lighter", "Bolder"]).optional(),
  size: z.enum(["Default", "Small", "Medium", "Large", "ExtraLarge"]).optional(),
  color: color.optional(),
});
const element = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("RichTextBlock"), inlines: z.array(run).min(1) }),
  z.strictObject({ type: z.literal("TextBlock"), text: z.string(), wrap: z.boolean().optional() }),
]);
const card = z.strictObject({
  $schema: z.string(),
  type: z.literal("AdaptiveCard"),
  version: z.string().regex(/^1\.[0-5]$/),
  fallbackText: z.string().optional(),
  body: z.array(element).min(1),
  actions: z
    .array(
      z.strictObject({
        type: z.literal("Action.OpenUrl"),
        title: z.string().min(1),
        url: z.url({ protocol: /^https?$/ }),
      }),
    )
    .max(6)
    .optional(),
});
const message = z.strictObject({
  type: z.literal("message"),
  attachments: z
    .array(
      z.strictObject({
        contentType: z.literal("application/vnd.microsoft.card.adaptive"),
        contentUrl: z.null().optional(),
        content: card,
      }),
    )
    .min(1),
});

export async function openTeamsReceiver(): Promise<TeamsReceiver> {
  const cards: string[] = [];
  const state: { gone: "deleted" | "disabled" | null } = { gone: null };
  const no = (status: number, code: string): Answer => ({ status, body: { error: { code, message: code } } });

  const receiver = await openReceiver((request: Received) => {
    if (request.path !== PATH || state.gone === "deleted") {
      return no(404, "WorkflowNotFound");
    }
    if (request.query.get("sig") !== "TestSignature0000") {
      return no(401, "DirectApiAuthorizationRequired");
    }
    if (request.method !== "POST") {
      return no(405, "MethodNotAllowed");
    }
    if (state.gone === "disabled") {
      return no(400, "WorkflowTriggerIsNotEnabled");
    }
    if (Buffer.byteLength(request.body) > BYTES_MAX) {
      return no(413, "RequestEntityTooLarge");
    }
    const isJson = /^application\/json/.test(String(request.headers["content-type"]));
    if (!isJson || !message.safeParse(request.json).success) {
      return no(400, "TriggerInputSchemaMismatch");
    }
    cards.push(request.body);
    return { status: 202 };
  });
  return {
    ...receiver,
    flowUrl: `https://prod-12.westeurope.logic.azure.com:443${PATH}?${QUERY}`,
    cards,
    vendors: { teams: receiver.url },
    deleteFlow: () => {
      state.gone = "deleted";
    },
    disableFlow: () => {
      state.gone = "disabled";
    },
  };
}
