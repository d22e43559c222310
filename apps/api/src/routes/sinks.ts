import {
  chooseDefaultSink,
  deleteSink,
  renameSink,
  replaceSinkSettings,
} from "@alivemcp/actions/sinks/change-sink";
import {
  createSink,
  newSinkSchema,
  sinkNameSchema,
  sinkSettingsSchema,
} from "@alivemcp/actions/sinks/create-sink";
import { getSink, listSinks } from "@alivemcp/actions/sinks/get-sink";
import { startSlackInstall } from "@alivemcp/actions/sinks/install-slack";
import { rotateWebhookSecret } from "@alivemcp/actions/sinks/rotate-webhook-secret";
import { testSink } from "@alivemcp/actions/sinks/test-sink";
import { confirmSinkCode, enableSink, startVerification } from "@alivemcp/actions/sinks/verify-sink";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, empty, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { createRouter } from "../open-api/router.ts";
import { sinkJson, sinkSchema, sinkWithSecretSchema } from "./sink-shape.ts";

const tags = ["Sinks"];
const sinkParam = z.object({ sink: z.string().describe("The sink's id.") });

const list = createRoute({
  method: "get",
  path: "/",
  operationId: "listSinks",
  tags,
  summary: "List the places where alerts go",
  description: "The default first.",
  ...needs("sink.list"),
  responses: {
    200: answer("All sinks.", z.strictObject({ items: z.array(sinkSchema) }).openapi("Sinks")),
    ...scopeProblems(),
  },
});

const create = createRoute({
  method: "post",
  path: "/",
  operationId: "createSink",
  tags,
  summary: "Add a sink",
  description:
    "Its proof is sent there at once; until it is proven, nothing else is. The settings of each kind are those of the dashboard's form, such as `url` or `address`; they are sealed and never answered.",
  ...needs("sink.write"),
  request: { headers: writeHeaders, body: jsonBody(newSinkSchema) },
  responses: {
    201: answer("The sink.", sinkWithSecretSchema),
    ...scopeProblems("invalid", "limit_reached", "conflict"),
  },
});

const get = createRoute({
  method: "get",
  path: "/{sink}",
  operationId: "getSink",
  tags,
  summary: "Get a sink",
  ...needs("sink.list"),
  request: { params: sinkParam },
  responses: { 200: answer("The sink.", sinkSchema), ...scopeProblems("not_found") },
});

const rename = createRoute({
  method: "patch",
  path: "/{sink}",
  operationId: "renameSink",
  tags,
  summary: "Rename a sink",
  ...needs("sink.write"),
  request: {
    params: sinkParam,
    headers: writeHeaders,
    body: jsonBody(z.strictObject({ name: sinkNameSchema })),
  },
  responses: {
    200: answer("The sink.", sinkSchema),
    ...scopeProblems("invalid", "not_found", "conflict"),
  },
});

const replace = createRoute({
  method: "put",
  path: "/{sink}/settings",
  operationId: "replaceSinkSettings",
  tags,
  summary: "Replace the settings of a sink",
  description: "It has to be proven again.",
  ...needs("sink.write"),
  request: {
    params: sinkParam,
    headers: writeHeaders,
    body: jsonBody(z.strictObject({ settings: sinkSettingsSchema })),
  },
  responses: {
    200: answer("The sink.", sinkWithSecretSchema),
    ...scopeProblems("invalid", "not_found", "conflict"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/{sink}",
  operationId: "deleteSink",
  tags,
  summary: "Remove a sink",
  description: "Rules and escalation policies that name it lose it. The default sink cannot be removed.",
  ...needs("sink.write"),
  request: { params: sinkParam, headers: writeHeaders },
  responses: { 204: empty("It is gone."), ...scopeProblems("not_found", "conflict") },
});

const deed = {
  ...needs("sink.write"),
  request: { params: sinkParam, headers: writeHeaders },
  responses: { 200: answer("The sink.", sinkSchema), ...scopeProblems("not_found", "conflict") },
};

const makeDefault = createRoute({
  ...deed,
  method: "post",
  path: "/{sink}/default",
  operationId: "chooseDefaultSink",
  tags,
  summary: "Make a sink the default",
  description: "It gets the alerts of a workspace without rules. It has to be verified.",
});

const verify = createRoute({
  ...deed,
  method: "post",
  path: "/{sink}/verification",
  operationId: "startVerification",
  tags,
  summary: "Send the proof of a sink again",
  description: "The one before ends. Five times an hour.",
});

const confirm = createRoute({
  ...deed,
  method: "post",
  path: "/{sink}/confirmation",
  operationId: "confirmSink",
  tags,
  summary: "Type the code of a sink back",
  description: "Within 15 minutes and 5 tries.",
  request: {
    ...deed.request,
    body: jsonBody(z.strictObject({ code: z.string().min(1).max(100).openapi({ example: "ABCD-2345" }) })),
  },
  responses: { ...deed.responses, ...scopeProblems("invalid", "not_found", "conflict") },
});

const enable = createRoute({
  ...deed,
  method: "post",
  path: "/{sink}/enable",
  operationId: "enableSink",
  tags,
  summary: "Switch a disabled sink on again",
  description: "Its proof is sent; the proof switches it on.",
});

const test = createRoute({
  ...deed,
  method: "post",
  path: "/{sink}/test",
  operationId: "testSink",
  tags,
  summary: "Send a test message",
  description: "What becomes of it stands in its delivery. Ten times an hour.",
  responses: {
    202: answer("The delivery.", z.strictObject({ delivery_id: z.uuid() }).openapi("PromisedDelivery")),
    ...scopeProblems("not_found", "conflict"),
  },
});

const rotate = createRoute({
  ...deed,
  method: "post",
  path: "/{sink}/secret",
  operationId: "rotateWebhookSecret",
  tags,
  summary: "Give a webhook another secret",
  description: "Shown this once. Both secrets sign for 24 hours; the sink stays verified.",
  responses: {
    200: answer("The sink.", sinkWithSecretSchema),
    ...scopeProblems("not_found", "conflict"),
  },
});

const installSlack = createRoute({
  method: "post",
  path: "/slack-install",
  operationId: "startSlackInstall",
  tags,
  summary: "Add a channel by Slack's own page",
  description:
    "Open the address in a browser, choose the channel, and confirm on the page that follows. It works once, for ten minutes. Only where the installation has a Slack app.",
  ...needs("sink.write"),
  request: { headers: writeHeaders },
  responses: {
    201: answer(
      "Where to go.",
      z.strictObject({ url: z.url(), expires_at: z.iso.datetime() }).openapi("SlackInstall"),
    ),
    ...scopeProblems("limit_reached", "conflict"),
  },
});

/** `/v1/sinks`. */
export function sinkRoutes(deps: Deps) {
  return createRouter()
    .openapi(list, async (c) => c.json({ items: (await listSinks(deps, c.var.caller)).map(sinkJson) }, 200))
    .openapi(create, async (c) => {
      const { sink, secret } = await createSink(deps, c.var.caller, c.req.valid("json"));
      c.header("cache-control", "no-store");
      return c.json({ ...sinkJson(sink), secret }, 201);
    })
    .openapi(get, async (c) =>
      c.json(sinkJson(await getSink(deps, c.var.caller, c.req.valid("param").sink)), 200),
    )
    .openapi(rename, async (c) => {
      const { sink: id } = c.req.valid("param");
      return c.json(sinkJson(await renameSink(deps, c.var.caller, { id, ...c.req.valid("json") })), 200);
    })
    .openapi(replace, async (c) => {
      const { sink: id } = c.req.valid("param");
      const { settings } = c.req.valid("json");
      const { sink, secret } = await replaceSinkSettings(deps, c.var.caller, { id, settings });
      c.header("cache-control", "no-store");
      return c.json({ ...sinkJson(sink), secret }, 200);
    })
    .openapi(remove, async (c) => {
      await deleteSink(deps, c.var.caller, c.req.valid("param").sink);
      return c.body(null, 204);
    })
    .openapi(makeDefault, async (c) =>
      c.json(sinkJson(await chooseDefaultSink(deps, c.var.caller, c.req.valid("param").sink)), 200),
    )
    .openapi(verify, async (c) =>
      c.json(sinkJson(await startVerification(deps, c.var.caller, c.req.valid("param").sink)), 200),
    )
    .openapi(confirm, async (c) => {
      const { sink: id } = c.req.valid("param");
      const { code } = c.req.valid("json");
      return c.json(sinkJson(await confirmSinkCode(deps, c.var.caller, { id, code })), 200);
    })
    .openapi(enable, async (c) =>
      c.json(sinkJson(await enableSink(deps, c.var.caller, c.req.valid("param").sink)), 200),
    )
    .openapi(installSlack, async (c) => {
      const { url, expiresAtMs } = await startSlackInstall(deps, c.var.caller);
      c.header("cache-control", "no-store");
      return c.json({ url, expires_at: new Date(expiresAtMs).toISOString() }, 201);
    })
    .openapi(rotate, async (c) => {
      const { sink, secret } = await rotateWebhookSecret(deps, c.var.caller, c.req.valid("param").sink);
      c.header("cache-control", "no-store");
      return c.json({ ...sinkJson(sink), secret }, 200);
    })
    .openapi(test, async (c) => {
      const deliveryId = await testSink(deps, c.var.caller, c.req.valid("param").sink);
      return c.json({ delivery_id: deliveryId }, 202);
    });
}
