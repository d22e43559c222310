import { describe } from "vitest";
import { testFaults } from "./fault.ts";
import { HTTP_FAULTS } from "./http-faults.ts";

describe("an endpoint that answers with a status", () => testFaults(HTTP_FAULTS.statuses));
describe("an endpoint that answers with something else", () => testFaults(HTTP_FAULTS.types));
describe("an endpoint that breaks its frames", () => testFaults(HTTP_FAULTS.frames));
describe("an endpoint that answers with too much", () => testFaults(HTTP_FAULTS.bounds));
