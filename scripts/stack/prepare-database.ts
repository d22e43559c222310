import { spawn } from "node:child_process";
import { once } from "node:events";
import { roleUrl } from "@alivemcp/db/roles";
import { machineEnvironment } from "./machine-environment.ts";
import type { Secrets } from "./secrets.ts";

/** The embedded cluster has a database of our own; a given server may be asked for another. */
export function databaseName(): string {
  const given = process.env.DATABASE_URL ? new URL(process.env.DATABASE_URL).pathname.slice(1) : "";
  return given === "" || given === "postgres" ? "alivemcp" : given;
}

/** In processes of their own, so that what they load does not stay in memory: roles as superuser, the rest as owner. */
export async function prepareDatabase(input: {
  readonly databaseUrl: string;
  readonly secrets: Secrets;
  readonly plan: string;
  readonly cwd: string;
}): Promise<void> {
  const { databaseUrl, secrets, plan, cwd } = input;
  const passwords = Object.entries(secrets.rolePasswords).map(([role, password]) => [
    `ALIVEMCP_${role.toUpperCase()}_PASSWORD`,
    password,
  ]);
  const ownerUrl = roleUrl(databaseUrl, "owner", secrets.rolePasswords.owner, databaseName());
  const steps = [
    { command: ["roles", databaseName()], url: databaseUrl, env: Object.fromEntries(passwords) },
    { command: ["migrate"], url: ownerUrl, env: {} },
    { command: ["seed"], url: ownerUrl, env: { DEFAULT_PLAN: plan } },
  ];
  for (const { command, url, env } of steps) {
    const child = spawn(process.execPath, ["db/src/main.ts", ...command], {
      cwd,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...machineEnvironment(), ...env, DATABASE_URL: url },
    });
    const [code] = await once(child, "exit");
    if (code !== 0) {
      throw new Error(`The database could not be prepared (${command[0]}).`);
    }
  }
}
