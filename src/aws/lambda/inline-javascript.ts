/** A JavaScript function of the Touchdownfile as a Lambda function's code: `main.mjs`. */
import { parseExpressionAt } from "acorn";
import type { AnyNode, Expression } from "acorn";
import { TouchdownError } from "../../errors.ts";
import { freeNames } from "./free-names.ts";
import type { FreeName } from "./free-names.ts";
import { artifactOf } from "./inline-code.ts";
import type { InlineArtifact } from "./inline-code.ts";
import { isNodeGlobal } from "./node-globals.ts";

/** A function as a Touchdownfile hands it over; only its source is looked at. */
export type HandlerFunction = (event: never, context: never) => unknown;

/**
 * The function's source, as the user wrote it, exported by its own name from `main.mjs`.
 *
 * @throws ARGUMENT for what has no source, no name, is no plain function, or uses names from outside
 */
export function javascriptArtifact(handler: HandlerFunction): InlineArtifact {
  const { source, expression } = parsed(handler);
  const name = nameOf(handler, expression);
  const { text, outside } = restored(source, expression);
  if (outside.length > 0) throw usesOutside(name, outside);
  const own = expression.type === "FunctionExpression" && expression.id?.name === name;
  const code = own ? `export ${text}\n` : `export const ${name} = ${text};\n`;
  return artifactOf("main.mjs", { language: "javascript", source: code, exported: name });
}

function parsed(handler: HandlerFunction): { source: string; expression: Expression } {
  const source = Function.prototype.toString.call(handler);
  const { name } = handler;
  if (/\{\s*\[native code\]\s*\}\s*$/u.test(source)) {
    const bound = name.startsWith("bound ");
    throw refusal(
      bound
        ? `is ${name.slice(6)} bound to its arguments, which leaves no source to send`
        : `is ${name === "" ? "a function" : name} of JavaScript itself, which has no source to send`,
    );
  }
  const expression = expressionOf(source);
  if (expression?.type === "ClassExpression") throw refusal(`is the class ${name}`);
  if (expression?.type !== "FunctionExpression" && expression?.type !== "ArrowFunctionExpression") {
    throw refusal(`is the method ${name}`);
  }
  if (expression.generator) throw refusal(`is the generator ${name}`);
  return { source, expression };
}

/** A method's source is no expression; what else has no parse is a method with a computed name. */
function expressionOf(source: string): Expression | undefined {
  try {
    const options = { ecmaVersion: "latest", sourceType: "module" } as const;
    const expression = parseExpressionAt(`(${source}\n)`, 0, options);
    return expression;
  } catch {
    return undefined;
  }
}

function nameOf(handler: HandlerFunction, expression: Expression): string {
  const own = expression.type === "FunctionExpression" ? expression.id?.name : undefined;
  const name = own ?? handler.name;
  if (name === "" || name === "default") throw refusal("is a function without a name");
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return name;
  throw refusal(`has the name ${JSON.stringify(name)}, which can't be exported`);
}

/**
 * The source without what the Touchdownfile's loader put into it, and the names from outside as the
 * user knows them: the loader makes `(0, _fs.readFileSync)` of an imported `readFileSync`, and
 * `jitiImport(` of `import(`.
 */
function restored(
  source: string,
  expression: Expression,
): { text: string; outside: readonly string[] } {
  const outside = new Set<string>();
  let text = source;
  for (const free of freeNames(expression).toReversed()) {
    const { name, start, end } = free.node;
    if (isNodeGlobal(name)) continue;
    // The expression was parsed behind one opening bracket.
    if (name === "jitiImport") text = `${text.slice(0, start - 1)}import${text.slice(end - 1)}`;
    else outside.add(asWritten(free));
  }
  return { text, outside: [...outside].toReversed() };
}

function asWritten({ node, parents }: FreeName): string {
  const parent: AnyNode | undefined = parents.at(-1);
  const module = /^(?:_|__vi_import_)(.+?)_*$/u.exec(node.name)?.[1];
  if (module === undefined || parent?.type !== "MemberExpression") return node.name;
  if (parent.object !== node || parent.property.type !== "Identifier") return node.name;
  return parent.property.name === "default" ? module : parent.property.name;
}

function usesOutside(name: string, names: readonly string[]): TouchdownError {
  const list = names.join(", ");
  const node = names.some((each) => ["require", "module", "__dirname"].includes(each));
  return new TouchdownError("ARGUMENT", `uses ${list} from outside ${name}: only ${name} is sent`, {
    hint: node
      ? `load what it needs inside: await import("node:fs")`
      : `move ${list} into ${name}, or put the code into a file and a zip`,
  });
}

function refusal(message: string): TouchdownError {
  return new TouchdownError("ARGUMENT", message, {
    hint: "write it as a function with a name: function helloWorld(event, context) { … }",
  });
}
