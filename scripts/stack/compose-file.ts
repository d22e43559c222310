import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** What the test of docker-compose.yml needs to know of a service. */
export interface ComposeService {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads the file as Docker Compose would: anchors merged, `${NAME}`, `${NAME:-default}` and `${NAME:?message}` filled in. */
export function readComposeFile(
  path: string,
  variables: Readonly<Record<string, string>>,
): ReadonlyMap<string, ComposeService> {
  const text = readFileSync(path, "utf8").replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_whole, name: string, kind: string | undefined, rest: string | undefined) => {
      const value = variables[name];
      if (value) {
        return value;
      }
      if (kind === "-") {
        return rest ?? "";
      }
      throw new Error(`${path}: ${name} is not set${rest ? `: ${rest}` : ""}`);
    },
  );
  const { services } = parse(text, { merge: true }) as { services: Record<string, Partial<ComposeService>> };
  return new Map(
    Object.entries(services).map(([name, service]) => [
      name,
      {
        image: service.image ?? "",
        command: service.command ?? [],
        environment: service.environment ?? {},
      },
    ]),
  );
}
