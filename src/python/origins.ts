/** Which file of a package's zip comes from where, in words. */
import { inspect } from "./inspect.ts";
import type { PackageWant } from "./package-schema.ts";
import { relativeName } from "./sources.ts";
import { stageWheels } from "./stage-package.ts";

/** By path in the zip: `requests 2.32.3`, `source src/app.py`, `generated`. */
export async function originsOf(want: PackageWant): Promise<ReadonlyMap<string, string>> {
  const { files } = want;
  const session = want.session();
  const inspected = await inspect(session, want);
  const prefix = want.part === "dependencies" ? "python/" : "";
  const origins = new Map<string, string>();
  for (const { contents, compiled } of await stageWheels(session, want, inspected)) {
    const built = compiled ? ", compiled on this machine" : "";
    const origin = `${contents.name} ${contents.version}${built}`;
    for (const { path } of contents.entries) origins.set(prefix + path, origin);
  }
  if (want.part === "dependencies") return origins;
  for (const { path, file } of inspected.sources) {
    origins.set(path, `source ${relativeName(session.folder, file)}`);
  }
  for (const path of Object.keys(files)) origins.set(path, "generated");
  return origins;
}
