import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

const user = `
import { Account } from "./types/test/fixtures/doc-comments/account.js";
const account = new Account();
account.addQueue({ name: "jobs", retention: 60 });
export const url = account.getQueue({ name: "known" }).getProperty("QueueUrl");
`;

test("the editor of a user shows the doc comments of a resource's arguments", async () => {
  const folder = await mkdtemp(join(tmpdir(), "touchdown-types-"));
  try {
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
    await writeFile(join(folder, "user.ts"), user);
    emitTypes(join(folder, "types"));
    const editor = openEditor(folder);
    expect(editor.problems()).toEqual([]);
    expect(editor.help("retention: 60")).toBe("How long a message is kept.");
    expect(editor.help('name: "known"')).toBe("What it is called.");
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Writes the declarations of the fixture, with the options of the build. */
function emitTypes(outDir: string): void {
  const file = join(root, "tsconfig.build.json");
  const { options, errors } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(file, (path) => ts.sys.readFile(path)).config,
    ts.sys,
    root,
  );
  expect(errors.map((error) => error.code).filter((code) => code !== noInputs)).toEqual([]);
  const entry = join(root, "test/fixtures/doc-comments/account.ts");
  const program = ts.createProgram([entry], { ...options, rootDir: root, outDir });
  const { diagnostics } = program.emit();
  expect(diagnostics.map(text)).toEqual([]);
}

/** "No inputs were found": while the library's index does not exist. */
const noInputs = 18003;

function openEditor(folder: string) {
  const file = join(folder, "user.ts");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: ["node"],
  };
  const service = ts.createLanguageService({
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const content = ts.sys.readFile(path);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => folder,
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
  });
  return {
    problems: () => service.getSemanticDiagnostics(file).map(text),
    help: (at: string) => {
      const found = service.getQuickInfoAtPosition(file, user.indexOf(at));
      return ts.displayPartsToString(found?.documentation);
    },
  };
}

function text(diagnostic: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
}
