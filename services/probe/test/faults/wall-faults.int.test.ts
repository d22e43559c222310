import { describe } from "vitest";
import { testFaults } from "./fault.ts";
import { WALL_FAULTS } from "./wall-faults.ts";

describe("an endpoint behind a wall", () => testFaults(WALL_FAULTS.sound));
describe("an endpoint behind a wall that leads nobody in", () => testFaults(WALL_FAULTS.unsound));
