import { describe } from "vitest";
import { EXPECTATION_FAULTS } from "./expectation-faults.ts";
import { testFaults } from "./fault.ts";

describe("an endpoint whose owner expects certain tools", () => testFaults(EXPECTATION_FAULTS.tools));
describe("an endpoint whose owner asserts something of its health tool", () =>
  testFaults(EXPECTATION_FAULTS.assertions));
describe("an endpoint with a health URL that", () => testFaults(EXPECTATION_FAULTS.healthUrls));
describe("an endpoint whose owner wants it faster than we do", () => testFaults(EXPECTATION_FAULTS.latency));
describe("an endpoint whose declared capabilities are listed", () =>
  testFaults(EXPECTATION_FAULTS.capabilities));
