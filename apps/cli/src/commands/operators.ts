import { PLAN_NAMES } from "@alivemcp/core/plans";
import { Argument, type Command } from "commander";
import { z } from "zod";
import { type CommandDeps, printAnswer } from "../command-deps.ts";
import { printable } from "../terminal-text.ts";

const tenantSchema = z.looseObject({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  plan: z.string(),
  suspended_at: z.string().nullable(),
  owner_email: z.string().nullable(),
  endpoint_count: z.number(),
});
const appliedSchema = z.looseObject({
  tenant: tenantSchema,
  paused: z.number(),
  restored: z.number(),
});
const optOutSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  target: z.string(),
  is_verified: z.boolean(),
});

const tenantPath = (slugOrId: string, rest: string) =>
  `/v1/operator/tenants/${encodeURIComponent(slugOrId)}${rest}`;
const JSON_OPTION = ["--json", "JSON instead of lines"] as const;

/** For who runs the installation: `tenant …` and `opt-out …`, with the operator key. */
export function addOperatorCommands(program: Command, deps: () => CommandDeps): void {
  addTenantCommands(program.command("tenant").description("workspaces, for operators"), deps);
  addOptOutCommands(program.command("opt-out").description("who is not probed, for operators"), deps);
}

function addTenantCommands(tenant: Command, deps: () => CommandDeps): void {
  tenant
    .command("find <text>")
    .description("by a part of name, slug, id or a member's address")
    .option(...JSON_OPTION)
    .action(async (text: string, options: { json?: boolean }) => {
      const path = `/v1/operator/tenants?text=${encodeURIComponent(text)}`;
      const rows = await deps().api.list(path, tenantSchema);
      printAnswer(deps(), rows, { isJson: options.json ?? false, lines: rows.map(tenantLine) });
    });
  tenant
    .command("set-plan")
    .argument("<tenant>", "slug or id")
    .addArgument(new Argument("<plan>", "in force everywhere within 10 seconds").choices(PLAN_NAMES))
    .description("put a workspace on a plan; what exceeds it is paused, nothing is deleted")
    .option("--reason <text>", "why, for the audit log")
    .option(...JSON_OPTION)
    .action(async (slug: string, plan: string, options: { reason?: string; json?: boolean }) => {
      const body = { plan, ...(options.reason === undefined ? {} : { reason: options.reason }) };
      const answer = appliedSchema.parse(await deps().api.call("PUT", tenantPath(slug, "/plan"), body));
      const lines = [
        tenantLine(answer.tenant),
        `  paused ${answer.paused} endpoints, let ${answer.restored} run again`,
      ];
      printAnswer(deps(), answer, { isJson: options.json ?? false, lines });
    });
  tenant
    .command("suspend <tenant>")
    .description("probe nothing of a workspace and let nothing be changed in it")
    .requiredOption("--reason <text>", "why; its members read it")
    .option(...JSON_OPTION)
    .action(async (slug: string, options: { reason: string; json?: boolean }) => {
      const body = { reason: options.reason };
      const answer = tenantSchema.parse(await deps().api.call("PUT", tenantPath(slug, "/suspension"), body));
      printAnswer(deps(), answer, { isJson: options.json ?? false, lines: [tenantLine(answer)] });
    });
  tenant
    .command("unsuspend <tenant>")
    .description("lift that")
    .option(...JSON_OPTION)
    .action(async (slug: string, options: { json?: boolean }) => {
      const answer = tenantSchema.parse(await deps().api.call("DELETE", tenantPath(slug, "/suspension")));
      printAnswer(deps(), answer, { isJson: options.json ?? false, lines: [tenantLine(answer)] });
    });
}

function addOptOutCommands(optOut: Command, deps: () => CommandDeps): void {
  optOut
    .command("add <target>")
    .description("a host, a domain or one URL is no longer probed")
    .option("--verified", "it is theirs for certain: endpoints that owners added obey, too")
    .option("--reason <text>", "why, for the audit log")
    .option(...JSON_OPTION)
    .action(async (target: string, options: { verified?: boolean; reason?: string; json?: boolean }) => {
      const answer = optOutSchema.parse(
        await deps().api.call("POST", "/v1/operator/opt-outs", {
          target,
          is_verified: options.verified ?? false,
          ...(options.reason === undefined ? {} : { reason: options.reason }),
        }),
      );
      printAnswer(deps(), answer, { isJson: options.json ?? false, lines: [optOutLine(answer)] });
    });
  optOut
    .command("list")
    .description("all in force, newest first")
    .option(...JSON_OPTION)
    .action(async (options: { json?: boolean }) => {
      const rows = await deps().api.list("/v1/operator/opt-outs", optOutSchema);
      printAnswer(deps(), rows, { isJson: options.json ?? false, lines: rows.map(optOutLine) });
    });
  optOut
    .command("withdraw <id>")
    .description("it may be probed again")
    .action(async (id: string) => {
      await deps().api.call("DELETE", `/v1/operator/opt-outs/${encodeURIComponent(id)}`);
      deps().print(`withdrawn ${printable(id)}`);
    });
}

const tenantLine = (row: z.infer<typeof tenantSchema>): string =>
  `${row.slug}  ${row.plan}  ${row.endpoint_count} endpoints  ${printable(row.owner_email ?? "no owner")}${row.suspended_at === null ? "" : "  suspended"}`;

const optOutLine = (row: z.infer<typeof optOutSchema>): string =>
  `${row.id}  ${row.kind}  ${printable(row.target)}${row.is_verified ? "  verified" : ""}`;
