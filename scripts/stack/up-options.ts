import { parseArgs } from "node:util";

export interface UpOptions {
  readonly portBase: number;
  readonly isReset: boolean;
  readonly hasDemo: boolean;
  /** Each process starts again when its files change. */
  readonly isWatching: boolean;
  /** File with endpoints to watch: registry `server.json` entries or an `mcp.json`. */
  readonly importPath: string | null;
}

export type ParsedUpOptions =
  | { readonly kind: "run"; readonly options: UpOptions }
  | { readonly kind: "help" }
  | { readonly kind: "refused"; readonly reason: string };

export const UP_HELP = `usage: scripts/up [options]

Starts AliveMCP on this machine: Postgres, Redis and every process, with a few MCP servers to watch.
Ctrl-C stops everything in order. What was stored stays for the next start.

  --port-base N   first port (default 4400): dashboard N, api N+1, status pages N+2, mailbox N+4, Postgres N+5, Redis N+6,
                  SMTP N+7, metrics N+10 and up, demo endpoints N+50 and up. Copies with different bases run side by side.
  --no-demo       without the demo endpoints and their private address range
  --import FILE   watch the endpoints of FILE: one or more registry server.json entries, or an mcp.json
  --reset         forget everything this copy stored, then start
  --watch         start a process again when its files change (npm run dev)
  --help          this text

DATABASE_URL (a Postgres role that may create roles and databases) and REDIS_URL, where set, are used instead of
starting Postgres and Redis. With SMTP_URL (and MAIL_FROM) mails are really sent; without it they end in a local mailbox.
PROBE_ALLOW_CIDRS names private ranges that probes may reach, to watch servers of your own network.
STATE_ROOT is the folder of the copies' state folders: for root /var/lib/alivemcp, for anybody
else ~/.local/state/alivemcp.`;

const DEFAULT_PORT_BASE = 4400;
/** Highest base whose last port is still a port. */
const PORT_BASE_MAX = 65_435;

export function parseUpOptions(args: readonly string[]): ParsedUpOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        "port-base": { type: "string" },
        "no-demo": { type: "boolean" },
        import: { type: "string" },
        reset: { type: "boolean" },
        watch: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) {
      return { kind: "help" };
    }
    const portBase = values["port-base"] === undefined ? DEFAULT_PORT_BASE : Number(values["port-base"]);
    if (!Number.isInteger(portBase) || portBase < 1024 || portBase > PORT_BASE_MAX) {
      return { kind: "refused", reason: `--port-base must be a whole number from 1024 to ${PORT_BASE_MAX}.` };
    }
    return {
      kind: "run",
      options: {
        portBase,
        isReset: values.reset ?? false,
        hasDemo: !values["no-demo"],
        isWatching: values.watch ?? false,
        importPath: values.import ?? null,
      },
    };
  } catch (error) {
    return { kind: "refused", reason: (error as Error).message };
  }
}
