import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** What of the document a test may look at. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly method: string;
  /** With `{name}` for its parameters. */
  readonly path: string;
  readonly statuses: readonly number[];
  readonly operation: Operation;
}

interface Operation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly requestBody?: object;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, object>> }>>;
}

/** Holds every answer of a test run against what the document promises, and knows which promises were seen kept. */
export interface ContractBook {
  readonly operations: readonly DocumentedOperation[];
  /** Throws when the answer is not as documented. What the document does not name is not looked at. */
  note(exchange: {
    readonly method: string;
    readonly path: string;
    readonly response: Response;
    readonly body: unknown;
  }): void;
  /** Promised answers that no test produced, as `operationId status`. */
  unseen(): readonly string[];
}

interface App {
  request(path: string): Response | Promise<Response>;
}

export async function createContractBook(app: App): Promise<ContractBook> {
  const document = (await (await app.request("/openapi.json")).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "api", true);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      operationId: operation.operationId,
      method: method.toUpperCase(),
      path,
      statuses: Object.keys(operation.responses).map(Number),
      operation,
    })),
  );
  const seen = new Set<string>();
  const validators = new Map<string, ValidateFunction>();
  const validatorAt = (pointer: string) => {
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` });
    validators.set(pointer, known);
    return known;
  };
  return {
    operations,
    note({ method, path, response, body }) {
      const operation = operationAt(operations, method, path);
      if (operation === undefined) {
        return;
      }
      const name = `${operation.operationId} ${response.status}`;
      const schema = promisedSchema(operation, response, name);
      const validate = schema === null ? null : validatorAt(schema);
      if (validate !== null && !validate(body)) {
        throw new Error(
          `${name} is not as documented: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body)}`,
        );
      }
      seen.add(name);
    },
    unseen: () =>
      operations
        .flatMap(({ operationId, statuses }) => statuses.map((status) => `${operationId} ${status}`))
        .filter((name) => !seen.has(name)),
  };
}

/** JSON pointer to the schema of this answer; null where it has none. Throws when the answer was not promised. */
function promisedSchema(operation: DocumentedOperation, response: Response, name: string): string | null {
  const promised = operation.operation.responses[String(response.status)];
  if (promised === undefined) {
    throw new Error(`${name} is not documented`);
  }
  const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
  const types = Object.keys(promised.content ?? {});
  if (types.length > 0 && !types.includes(type)) {
    throw new Error(`${name} came as ${type}, documented is ${types.join(", ")}`);
  }
  const method = operation.method.toLowerCase();
  const parts = ["paths", operation.path, method, "responses", response.status, "content", type, "schema"];
  return type.endsWith("json") && types.length > 0
    ? parts.map((part) => `/${encodePointer(String(part))}`).join("")
    : null;
}

function operationAt(
  operations: readonly DocumentedOperation[],
  method: string,
  path: string,
): DocumentedOperation | undefined {
  const [pathname = ""] = path.split("?");
  const fitting = operations.filter(
    (operation) =>
      operation.method === method &&
      new RegExp(`^${operation.path.replaceAll(/\{[^}]+\}/g, "[^/]+")}/?$`).test(pathname),
  );
  // A fixed part wins over a parameter, as in the router.
  return fitting.sort((a, b) => a.path.split("{").length - b.path.split("{").length)[0];
}

/** JSON pointer in a URI fragment (RFC 6901, section 6). */
const encodePointer = (part: string) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
