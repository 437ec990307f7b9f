import type { MadeWheel } from "./make-wheel.ts";
import type { PackageIndex } from "./package-index.ts";

/** A `pylock.toml` of wheels that an index serves, as another tool may have written it: no uv is needed to build. */
export function pylockText(index: PackageIndex, wheels: readonly MadeWheel[]): string {
  const packages = wheels.map(({ name: file, bytes, sha256 }) => {
    const [name = "", version = ""] = file.split("-");
    const wheel = { name: file, url: index.fileUrl(file), size: bytes.length };
    return [
      "[[packages]]",
      `name = ${JSON.stringify(name.replaceAll("_", "-"))}`,
      `version = ${JSON.stringify(version)}`,
      `wheels = [{ name = ${JSON.stringify(wheel.name)}, url = ${JSON.stringify(wheel.url)}, size = ${wheel.size}, hashes = { sha256 = "${sha256}" } }]`,
    ].join("\n");
  });
  return `lock-version = "1.0"\ncreated-by = "a test"\n\n${packages.join("\n\n")}\n`;
}
