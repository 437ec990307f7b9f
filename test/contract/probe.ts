import * as z from "zod/mini";
import { defineResource } from "../../src/core/define.ts";

/** A resource that is always there and takes note of the values that refs hand it. */
export function probeInto(seen: Record<string, unknown>) {
  return defineResource({
    type: "test.probe",
    noun: "probe",
    schema: z.strictObject({ name: z.string(), values: z.record(z.string(), z.unknown()) }),
    key: ["name"],
    read: () => Promise.resolve("there"),
    aspects: {
      values: {
        fields: { values: { want: ({ values }) => values, have: () => ({}) } },
        apply: (_context, { want }) => Promise.resolve(void Object.assign(seen, want.values)),
      },
    },
    properties: {},
  });
}
