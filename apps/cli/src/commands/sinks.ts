import { SINK_KINDS } from "@alivemcp/core/sink-kind";
import { type Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { type CommandDeps, printAnswer } from "../command-deps.ts";
import { printable } from "../terminal-text.ts";

const sinkSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  state: z.string(),
  shown: z.string(),
  proof: z.string(),
  is_default: z.boolean(),
  last_outcome: z.string().nullable(),
});
type Sink = z.infer<typeof sinkSchema>;
const withSecret = sinkSchema.extend({ secret: z.string().nullable() });
const listSchema = z.looseObject({ items: z.array(sinkSchema) });
const path = (id: string, rest = "") => `/v1/sinks/${encodeURIComponent(id)}${rest}`;

interface SinkCommandDeps extends CommandDeps {
  readonly readInput: () => Promise<string>;
}

const NEXT: Readonly<Record<string, string>> = {
  code: "a code was posted there: alivemcp sinks verify",
  link: "a link was mailed there: open it and press the button",
  challenge: "a challenge was posted there; answer it, or: alivemcp sinks verify",
};

/** `sinks list|add|verify|resend-proof|enable|default|test|rotate-secret|remove`. */
export function addSinkCommands(program: Command, deps: () => SinkCommandDeps): void {
  const sinks = program.command("sinks").description("places where alerts go");
  sinks
    .command("list")
    .description("the default first")
    .option("--json", "one JSON array")
    .action(async (options: { json?: boolean }) => {
      const { items } = listSchema.parse(await deps().api.call("GET", "/v1/sinks"));
      const lines = items.length === 0 ? ["no sinks"] : items.map((sink) => sinkLine(deps(), sink));
      printAnswer(deps(), items, { isJson: options.json ?? false, lines });
    });
  sinks
    .command("add <kind> <name>")
    .description(`add one (${SINK_KINDS.join(", ")}) and send its proof there`)
    .option(
      "--set <name=value>",
      "a setting, such as address=oncall@example.com; may be repeated",
      setting,
      {},
    )
    .option(
      "--settings-stdin",
      "read all settings as one JSON object from standard input: secrets stay out of the process list",
    )
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      '\nExamples:\n  alivemcp sinks add email "On call" --set address=oncall@example.com\n  alivemcp sinks add slack "#alerts" --settings-stdin < slack.json   # {"via": "webhook", "url": "https://hooks.slack.com/services/…"}',
    )
    .action(
      async (
        kind: string,
        name: string,
        options: { set: Record<string, string>; settingsStdin?: boolean; json?: boolean },
      ) => {
        const settings = options.settingsStdin ? parsed(await deps().readInput()) : options.set;
        const sink = withSecret.parse(await deps().api.call("POST", "/v1/sinks", { kind, name, settings }));
        const secret = sink.secret === null ? [] : [sink.secret];
        if (sink.secret !== null && !options.json) {
          deps().printError("signing secret, shown this once:");
        }
        deps().printError(`${NEXT[sink.proof] ?? ""}${sink.proof === "link" ? "" : ` ${sink.id} <code>`}`);
        printAnswer(deps(), sink, {
          isJson: options.json ?? false,
          lines: [sinkLine(deps(), sink), ...secret],
        });
      },
    );
  sinks
    .command("verify <id> <code>")
    .description("type back the code that was posted there")
    .option("--json", "one JSON object")
    .action(async (id: string, code: string, options: { json?: boolean }) => {
      const sink = sinkSchema.parse(await deps().api.call("POST", path(id, "/confirmation"), { code }));
      printAnswer(deps(), sink, { isJson: options.json ?? false, lines: [sinkLine(deps(), sink)] });
    });
  const deed = (name: string, description: string, rest: string) => {
    sinks
      .command(`${name} <id>`)
      .description(description)
      .option("--json", "one JSON object")
      .action(async (id: string, options: { json?: boolean }) => {
        const sink = sinkSchema.parse(await deps().api.call("POST", path(id, rest)));
        printAnswer(deps(), sink, { isJson: options.json ?? false, lines: [sinkLine(deps(), sink)] });
      });
  };
  deed("resend-proof", "send another proof; the one before ends", "/verification");
  deed("enable", "switch a disabled one on again, by a new proof", "/enable");
  deed("default", "have alerts go there where no rule says otherwise", "/default");
  addTestCommands(sinks, deps);
}

function addTestCommands(sinks: Command, deps: () => SinkCommandDeps): void {
  sinks
    .command("test <id>")
    .description("send a message that says it is a test")
    .option("--json", "one JSON object")
    .action(async (id: string, options: { json?: boolean }) => {
      const answer = z
        .looseObject({ delivery_id: z.string() })
        .parse(await deps().api.call("POST", path(id, "/test")));
      const lines = [`on its way: alivemcp deliveries show ${answer.delivery_id}`];
      printAnswer(deps(), answer, { isJson: options.json ?? false, lines });
    });
  sinks
    .command("rotate-secret <id>")
    .description("give a webhook another secret, shown this once; both sign for 24 hours")
    .option("--json", "one JSON object")
    .action(async (id: string, options: { json?: boolean }) => {
      const sink = withSecret.parse(await deps().api.call("POST", path(id, "/secret")));
      printAnswer(deps(), sink, { isJson: options.json ?? false, lines: [sink.secret ?? ""] });
    });
  sinks
    .command("remove <id>")
    .description("rules and escalation policies that name it lose it")
    .action(async (id: string) => {
      await deps().api.call("DELETE", path(id));
      deps().print("removed");
    });
}

function sinkLine({ palette }: CommandDeps, sink: Sink): string {
  const state = sink.state === "verified" ? palette.good(sink.state) : palette.warn(sink.state);
  const isDefault = sink.is_default ? "  default" : "";
  return `${sink.id}  ${sink.kind}  ${printable(sink.name)}  ${printable(sink.shown)}  ${state}${isDefault}  last ${sink.last_outcome ?? "never"}`;
}

function setting(text: string, previous: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) {
    throw new InvalidArgumentError("give name=value");
  }
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError("standard input is not JSON");
  }
}
