/** Names that a piece of JavaScript uses and does not declare. */
import type { AnyNode, Expression, Function, Identifier, Pattern, Program, Property } from "acorn";

export interface FreeName {
  readonly node: Identifier;
  /** What stands around it, outermost first. */
  readonly parents: readonly AnyNode[];
}

/**
 * Every use of a name that nothing inside declares, in the order of the text. A bare `typeof x` is
 * no use: it is how one asks whether a name is there.
 */
export function freeNames(root: Program | Expression): readonly FreeName[] {
  const found: FreeName[] = [];
  walk(root as AnyNode, { names: new Set(), parents: [], found });
  return found;
}

interface At {
  readonly names: ReadonlySet<string>;
  readonly parents: readonly AnyNode[];
  readonly found: FreeName[];
}

function walk(node: AnyNode, at: At): void {
  if (node.type === "Identifier") {
    if (!at.names.has(node.name) && isUse(node, at.parents)) {
      at.found.push({ node, parents: at.parents });
    }
    return;
  }
  const names = new Set([...at.names, ...declaredBy(node)]);
  for (const child of childrenOf(node)) {
    walk(child, { names, parents: [...at.parents, node], found: at.found });
  }
}

function childrenOf(node: AnyNode): readonly AnyNode[] {
  const values: readonly unknown[] = Object.values(node);
  return values.flat().filter(isNode);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** Names that are visible in the whole of `node`. */
function declaredBy(node: AnyNode): readonly string[] {
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return ofFunction(node);
    case "ClassExpression":
      return node.id ? [node.id.name] : [];
    case "CatchClause":
      return node.param ? namesOf(node.param) : [];
    case "Program":
    case "BlockStatement":
    case "StaticBlock":
      return node.body.flatMap((each) => ofStatement(each));
    case "SwitchStatement":
      return node.cases.flatMap(({ consequent }) =>
        consequent.flatMap((each) => ofStatement(each)),
      );
    case "ForStatement":
      return node.init ? ofStatement(node.init) : [];
    case "ForInStatement":
    case "ForOfStatement":
      return ofStatement(node.left);
    default:
      return [];
  }
}

function ofFunction(node: Function): readonly string[] {
  const self = node.type === "FunctionExpression" && node.id ? [node.id.name] : [];
  const own = node.type === "ArrowFunctionExpression" ? [] : ["arguments"];
  return [...self, ...own, ...node.params.flatMap((param) => namesOf(param)), ...varsIn(node.body)];
}

function ofStatement(node: AnyNode): readonly string[] {
  switch (node.type) {
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) => namesOf(id));
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return node.id ? [node.id.name] : [];
    default:
      return [];
  }
}

/** `var` is visible in the whole function, wherever in it it stands. */
function varsIn(node: AnyNode): readonly string[] {
  if (/Function|^Class/u.test(node.type)) return [];
  const own = node.type === "VariableDeclaration" && node.kind === "var" ? ofStatement(node) : [];
  return [...own, ...childrenOf(node).flatMap((child) => varsIn(child))];
}

function namesOf(pattern: Pattern): readonly string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((each) =>
        namesOf(
          each.type === "RestElement" ? each.argument : ((each as Property).value as Pattern),
        ),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((each) => (each ? namesOf(each) : []));
    case "RestElement":
      return namesOf(pattern.argument);
    case "AssignmentPattern":
      return namesOf(pattern.left);
    case "MemberExpression":
      return [];
  }
}

/** Not the name of a property, a label or a method. */
function isUse(node: Identifier, parents: readonly AnyNode[]): boolean {
  const parent = parents.at(-1);
  switch (parent?.type) {
    case "MemberExpression":
      return parent.object === node || parent.computed;
    case "Property":
      return parent.value === node || parent.computed;
    case "MethodDefinition":
    case "PropertyDefinition":
      return parent.value === node || parent.computed;
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
    case "MetaProperty":
      return false;
    case "UnaryExpression":
      return parent.operator !== "typeof";
    default:
      return true;
  }
}
