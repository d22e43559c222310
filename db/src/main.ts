/**
 * `node db/src/main.ts roles|migrate|seed|dump|new`: prepares a database. `roles` logs in as a superuser, the others as
 * the owner role, both by `DATABASE_URL`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { isPlanName } from "@alivemcp/core/plans";
import pg from "pg";
import { dumpSchema } from "./dump-schema.ts";
import { MIGRATIONS_FOLDER, migrate, readMigrations } from "./migrate.ts";
import { makePartitionsAhead } from "./queries/partitions-system.ts";
import { bootstrapDatabase, bootstrapRoles, ROLES, type Role } from "./roles.ts";
import { seedDefaultTenant } from "./seed.ts";

const SCHEMA_FILE = new URL("../schema.sql", import.meta.url);

const commands: Readonly<Record<string, { usage: string; run: (args: readonly string[]) => Promise<void> }>> =
  {
    roles: {
      usage:
        "roles <database>   makes the six roles and the database; passwords from ALIVEMCP_<ROLE>_PASSWORD",
      run: async ([database = "alivemcp"]) => {
        const passwords = Object.fromEntries(
          ROLES.map((role) => [role, readSetting(`ALIVEMCP_${role.toUpperCase()}_PASSWORD`)]),
        ) as Record<Role, string>;
        await withClient(async (client) => {
          await bootstrapRoles(client, passwords);
          await bootstrapDatabase(client, database);
        });
        console.log(`roles and database ${database} are ready`);
      },
    },
    migrate: {
      usage: "migrate            applies what is pending and makes the next partitions",
      run: async () => {
        const applied = await withClient((client) => migrate(client, readMigrations(MIGRATIONS_FOLDER)));
        const pool = new pg.Pool({ connectionString: readSetting("DATABASE_URL"), max: 1 });
        const made = await makePartitionsAhead(pool, Date.now());
        await pool.end();
        console.log(
          `${applied.length} migrations applied, ${made.length} partitions made`,
          applied.join(" "),
        );
      },
    },
    seed: {
      usage: "seed               makes the default tenant on the plan DEFAULT_PLAN (team)",
      run: async () => {
        const plan = process.env.DEFAULT_PLAN || "team";
        if (!isPlanName(plan)) {
          throw new Error(`DEFAULT_PLAN is not a plan: ${plan}`);
        }
        await withClient((client) => seedDefaultTenant(client, plan));
        console.log(`the default tenant is on plan ${plan}`);
      },
    },
    dump: {
      usage: "dump               writes db/schema.sql from the catalogue",
      run: async () => writeFileSync(SCHEMA_FILE, await withClient(dumpSchema)),
    },
    new: {
      usage: "new <what_it_does> makes the next migration file",
      run: async ([name = ""]) => {
        if (!/^[a-z0-9_]+$/.test(name)) {
          throw new Error("name the migration after what it does: add_drift_severity");
        }
        const number = String(readMigrations(MIGRATIONS_FOLDER).length + 1).padStart(4, "0");
        const path = `${MIGRATIONS_FOLDER}/${number}_${name}.sql`;
        writeFileSync(path, "-- why: \n-- locks: \n-- breaking: no\n\n", { flag: "wx" });
        console.log(path);
      },
    },
  };

/** A setting from the environment, or from the file that `<NAME>_FILE` names. */
function readSetting(name: string): string {
  const file = process.env[`${name}_FILE`];
  const value = file ? readFileSync(file, "utf8").replace(/\r?\n$/, "") : process.env[name];
  if (!value) {
    throw new Error(`${name} is missing`);
  }
  return value;
}

async function withClient<T>(run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: readSetting("DATABASE_URL") });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

const [name = "", ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  console.error(
    Object.values(commands)
      .map(({ usage }) => usage)
      .join("\n"),
  );
  process.exit(64);
}
await command.run(args).catch((err: unknown) => {
  console.error(err instanceof Error ? err.message : err);
  process.exit(1);
});
