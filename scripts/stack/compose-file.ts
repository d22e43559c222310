import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** What the test of docker-compose.yml needs to know of a service. */
export interface ComposeService {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads the file as Docker Compose would: anchors merged, then `${NAME}`, `${NAME:-default}`, `${NAME:?message}` filled in. */
export function readComposeFile(
  path: string,
  variables: Readonly<Record<string, string>>,
): ReadonlyMap<string, ComposeService> {
  const { services } = parse(readFileSync(path, "utf8"), { merge: true }) as {
    services: Record<string, Partial<ComposeService>>;
  };
  const fill = (text: string) => interpolate(String(text), variables);
  return new Map(
    Object.entries(services).map(([name, { command = [], environment = {} }]) => [
      name,
      {
        command: command.map(fill),
        environment: Object.fromEntries(
          Object.entries(environment).map(([key, value]) => [key, fill(value)]),
        ),
      },
    ]),
  );
}

function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_whole, name: string, kind: string | undefined, rest: string | undefined) => {
      const value = variables[name];
      if (value) {
        return value;
      }
      if (kind === "-") {
        return rest ?? "";
      }
      throw new Error(`${name} is not set${rest ? `: ${rest}` : ""}`);
    },
  );
}
