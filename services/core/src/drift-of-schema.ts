/**
 * What a change of a schema means. Arguments are contravariant: whatever a caller could send before must still pass.
 * Results are covariant: whatever may come back now must fit what was promised before.
 */
import { compareSchemas, type PlaceBudget } from "./compare-schemas.ts";
import { type DriftChange, type DriftClass, type DriftKind, driftChange } from "./drift-change.ts";
import { isJsonEqual } from "./json-equal.ts";
import type { SchemaAspect } from "./schema-comparison.ts";
import { contractOfSchema } from "./tool-contract.ts";

interface Meaning {
  readonly kind: DriftKind;
  readonly input: DriftClass;
  readonly output: DriftClass;
}

/** The kind is that of an argument; a change of results is always `output_changed`. */
const MEANINGS: Readonly<Record<SchemaAspect, Meaning>> = {
  property_added_optional: { kind: "param_added_optional", input: "compatible", output: "compatible" },
  property_added_optional_checked: { kind: "param_added_optional", input: "review", output: "compatible" },
  property_added_required: { kind: "param_added_required", input: "breaking", output: "compatible" },
  property_removed: { kind: "param_removed", input: "review", output: "breaking" },
  property_removed_closed: { kind: "param_removed", input: "breaking", output: "breaking" },
  required_added: { kind: "constraint_narrowed", input: "breaking", output: "compatible" },
  required_dropped: { kind: "constraint_widened", input: "compatible", output: "breaking" },
  type_narrowed: { kind: "param_type_changed", input: "breaking", output: "compatible" },
  type_widened: { kind: "param_type_changed", input: "compatible", output: "breaking" },
  type_replaced: { kind: "param_type_changed", input: "breaking", output: "breaking" },
  enum_narrowed: { kind: "enum_narrowed", input: "breaking", output: "compatible" },
  enum_widened: { kind: "enum_widened", input: "compatible", output: "review" },
  bound_narrowed: { kind: "constraint_narrowed", input: "breaking", output: "compatible" },
  bound_widened: { kind: "constraint_widened", input: "compatible", output: "review" },
  extras_closed: { kind: "constraint_narrowed", input: "breaking", output: "compatible" },
  extras_opened: { kind: "constraint_widened", input: "compatible", output: "review" },
  branch_added: { kind: "constraint_widened", input: "compatible", output: "review" },
  exclusive_branch_added: { kind: "constraint_widened", input: "review", output: "review" },
  branch_removed: { kind: "constraint_narrowed", input: "breaking", output: "compatible" },
  /** Clients with a cached list send the old headers, and the modern wire refuses them (400, -32020). */
  header_changed: { kind: "constraint_narrowed", input: "breaking", output: "review" },
  undecided: { kind: "constraint_narrowed", input: "review", output: "review" },
};

/** Changes of the arguments or results of `tool`; empty exactly when the contract of the schema is the same. Spends `budget`. */
export function driftOfSchema(
  tool: string,
  field: "inputSchema" | "outputSchema",
  { before, after }: { readonly before: unknown; readonly after: unknown },
  budget: PlaceBudget,
): readonly DriftChange[] {
  const [was, is] = [contractOfSchema(before), contractOfSchema(after)];
  if (isJsonEqual(was, is)) {
    return [];
  }
  if (field === "outputSchema" && (was === undefined || is === undefined)) {
    const drift = was === undefined ? "compatible" : "breaking";
    return [driftChange({ kind: "output_changed", class: drift, tool, path: [field], before, after })];
  }
  const findings = compareSchemas(was, is, budget);
  const changes = findings.map((finding) => {
    const meaning = MEANINGS[finding.aspect];
    return driftChange({
      kind: field === "inputSchema" ? meaning.kind : "output_changed",
      class: field === "inputSchema" ? meaning.input : meaning.output,
      tool,
      path: [field, ...finding.path],
      before: finding.before,
      after: finding.after,
    });
  });
  return changes.length > 0 ? changes : [restructured(tool, field)];
}

/** The text differs and every place accepts what it accepted: references moved, or a keyword nobody follows changed. */
function restructured(tool: string, field: "inputSchema" | "outputSchema"): DriftChange {
  const kind = field === "inputSchema" ? "constraint_narrowed" : "output_changed";
  return driftChange({ kind, class: "review", tool, path: [field] });
}
