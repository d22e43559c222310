import { describe } from "vitest";
import { testFaults } from "./fault.ts";
import { LIST_FAULTS } from "./list-faults.ts";

describe("an endpoint that fails its list", () => testFaults(LIST_FAULTS.failed));
describe("an endpoint whose list no client can use", () => testFaults(LIST_FAULTS.malformed));
describe("an endpoint whose list is usable but not clean", () => testFaults(LIST_FAULTS.linted));
