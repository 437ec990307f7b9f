import { expect, test } from "vitest";
import { pythonPackage } from "./package.ts";
import { zipGone } from "./read-package.ts";

test("ARTIFACT_CHANGED--zip-removed-meanwhile", () => {
  const have = { built: undefined, because: zipGone } as never;
  expect(() => pythonPackage.properties.Path(have)).toThrow(
    expect.objectContaining({
      code: "ARTIFACT_CHANGED",
      hint: "run the same command again; if the cache is shared, see who prunes it meanwhile",
    }),
  );
});
