import { resolved, type Schema, type Schemas, withoutNull } from "./schema.ts";

const DEPTH_MAX = 6;

/** A value that the schema allows, for a reader: what is required, and whatever shows best. */
export function exampleOf(schema: Schema, schemas: Schemas, depth = 0): unknown {
  const { schema: plain } = withoutNull(resolved(schema, schemas));
  const found = resolved(plain, schemas);
  if (found.example !== undefined || found.default !== undefined || found.const !== undefined) {
    return found.example ?? found.default ?? found.const;
  }
  if (found.enum !== undefined) {
    return found.enum[0];
  }
  const [choice] = found.oneOf ?? found.anyOf ?? [];
  if (choice !== undefined) {
    return exampleOf(choice, schemas, depth + 1);
  }
  switch (typeof found.type === "string" ? found.type : found.type?.find((type) => type !== "null")) {
    case "object":
      return depth >= DEPTH_MAX ? {} : objectExample(found, schemas, depth);
    case "array":
      return found.items === undefined || depth >= DEPTH_MAX
        ? []
        : [exampleOf(found.items, schemas, depth + 1)];
    case "integer":
    case "number":
      return found.minimum ?? 1;
    case "boolean":
      return true;
    case "string":
      return textExample(found);
    default:
      return null;
  }
}

function objectExample(schema: Schema, schemas: Schemas, depth: number): Record<string, unknown> {
  const shown = Object.entries(schema.properties ?? {}).filter(
    ([name]) => schema.required?.includes(name) ?? false,
  );
  return Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(property, schemas, depth + 1)]));
}

const FORMAT_EXAMPLES: Readonly<Record<string, string>> = {
  uuid: "0b7a3c1e-5d1f-4a54-9a53-6d1c0f0a9f10",
  "date-time": "2026-11-21T10:00:00.000Z",
  date: "2026-11-21",
  uri: "https://mcp.example.com/mcp",
  email: "colleague@example.com",
};

const textExample = ({ format }: Schema): string => FORMAT_EXAMPLES[format ?? ""] ?? "text";
