/** Source distributions for tests: the same bytes each time. */
import { gzipSync } from "fflate";
import { hexOf, type MadeFile } from "./make-wheel.ts";

/**
 * Make `{name}-{version}.tar.gz` of files by their path in the project, PKG-INFO added where it is missing.
 *
 * @source the source distribution format; POSIX.1-1988 ustar
 */
export function makeSdist(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: { readonly name: string; readonly version?: string },
): MadeFile {
  const { name, version = "1.0" } = options;
  const stem = `${name.replaceAll(/[-_.]+/g, "_").toLowerCase()}-${version}`;
  const info = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;
  const blocks = Object.entries({ "PKG-INFO": info, ...files }).flatMap(([path, contents]) => {
    const bytes = Buffer.from(contents);
    const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512);
    return [tarHeader(`${stem}/${path}`, bytes.length), bytes, padding];
  });
  const tar = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  const bytes = gzipSync(tar, { level: 9, mem: 3, mtime: 1 });
  return { name: `${stem}.tar.gz`, bytes, sha256: hexOf(bytes) };
}

function tarHeader(path: string, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`too long for a ustar name: ${path}`);
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write("0000644\0", 100); //                 mode
  header.write("0000000\0".repeat(2), 108); //       uid, gid
  header.write(`${octal(size, 11)}\0`, 124);
  header.write(`${octal(315_532_800, 11)}\0`, 136); // mtime, 1980-01-01
  header.write("        ", 148); //                  checksum, summed as spaces
  header.write("0", 156); //                         a regular file
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  return header;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}
