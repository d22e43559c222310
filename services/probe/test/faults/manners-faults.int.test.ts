import { describe } from "vitest";
import { testFaults } from "./fault.ts";
import { MANNERS_FAULTS } from "./manners-faults.ts";

describe("an endpoint that hands out sessions", () => testFaults(MANNERS_FAULTS.sessions));
describe("an endpoint that answers on a stream", () => testFaults(MANNERS_FAULTS.streams));
