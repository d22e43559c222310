import { html } from "hono/html";
import { prose } from "./prose.ts";
import { resolved, type Schema, type Schemas, withoutNull } from "./schema.ts";

const DEPTH_MAX = 5;

/** The fields of a schema as a list, nested ones in boxes that open. */
export function schemaView(schema: Schema, schemas: Schemas, depth = 0): ReturnType<typeof html> | "" {
  const { schema: plain } = withoutNull(resolved(schema, schemas));
  const found = resolved(plain, schemas);
  const choices = found.oneOf ?? found.anyOf;
  if (depth >= DEPTH_MAX) {
    return "";
  }
  if (choices?.some((choice) => resolved(choice, schemas).type === "object")) {
    return html`<p class="faint">One of:</p>${choices.map((choice) => schemaView(choice, schemas, depth + 1))}`;
  }
  if (found.type === "array" && found.items !== undefined) {
    return schemaView(found.items, schemas, depth + 1);
  }
  const fields = Object.entries(found.properties ?? {});
  return fields.length === 0
    ? ""
    : html`<dl class="fields">${fields.map(([name, field]) => fieldView(found, { name, field }, schemas, depth))}</dl>`;
}

function fieldView(
  parent: Schema,
  { name, field }: { readonly name: string; readonly field: Schema },
  schemas: Schemas,
  depth: number,
) {
  const { schema } = withoutNull(field);
  const description = field.description ?? schema.description ?? resolved(schema, schemas).description;
  const isRequired = parent.required?.includes(name) ?? false;
  const nested = schemaView(field, schemas, depth + 1);
  return html`<div><dt><code>${name}</code> <span class="faint">${typeWords(field, schemas)}${isRequired ? "" : ", optional"}</span></dt>
<dd>${description === undefined ? "" : prose(description)}${nested === "" ? "" : html`<details><summary>Fields</summary>${nested}</details>`}</dd></div>`;
}

/** What a value may be, in a few words. */
export function typeWords(schema: Schema, schemas: Schemas): string {
  const { schema: plain, isNullable } = withoutNull(schema);
  const found = resolved(plain, schemas);
  const words = [baseWords(found, schemas), boundWords(found), isNullable ? "or null" : ""];
  return words.filter((word) => word !== "").join(" ");
}

function baseWords(schema: Schema, schemas: Schemas): string {
  if (schema.const !== undefined) {
    return JSON.stringify(schema.const);
  }
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  }
  if (schema.oneOf !== undefined || schema.anyOf !== undefined) {
    return "one of several";
  }
  const type = typeof schema.type === "string" ? schema.type : schema.type?.find((word) => word !== "null");
  if (type === "array" && schema.items !== undefined) {
    const most = schema.maxItems === undefined ? "" : `at most ${schema.maxItems} × `;
    return `list of ${most}${typeWords(schema.items, schemas)}`;
  }
  return [type ?? "anything", schema.format === undefined ? "" : `(${schema.format})`].join(" ").trim();
}

function boundWords(schema: Schema): string {
  const low = schema.minimum ?? schema.minLength;
  const high = schema.maximum ?? schema.maxLength;
  const isHuge = high === Number.MAX_SAFE_INTEGER;
  const unit = schema.maxLength === undefined ? "" : " characters";
  if (high === undefined || isHuge) {
    return "";
  }
  return low === undefined || low === Number.MIN_SAFE_INTEGER
    ? `up to ${high}${unit}`
    : `${low}–${high}${unit}`;
}
