/** What a Touchdownfile is given: the one place where the rooms meet. */
import { AwsAccount } from "./aws/account.ts";
import { accountOptions, accountSettings } from "./aws/account-options.ts";
import type { AccountOptions, AccountOverrides } from "./aws/account-options.ts";
import { accountScope } from "./aws/context.ts";
import type { AccountSettings } from "./aws/context.ts";
import { ownedPlace } from "./aws/owned.ts";
import { addLocal, Bundle, bundleProblems } from "./bundle/bundle.ts";
import type { BundleArgs } from "./bundle/bundle.ts";
import type { LocalTarget } from "./bundle/local-target.ts";
import { Declarations } from "./core/declare.ts";
import type { AnyResource, Scope } from "./core/declared.ts";
import { nearest } from "./core/nearest.ts";
import { nameOf } from "./core/name.ts";
import type { Resource } from "./core/resource.ts";
import { problemsOf } from "./core/parse-args.ts";
import { TouchdownError } from "./errors.ts";
import { Packages } from "./python/packages.ts";
import type { PythonPackage } from "./python/packages.ts";
import type { PythonPackageArgs } from "./python/package-schema.ts";

const naming = Symbol("naming");

interface TouchdownOptions {
  /**
   * Whose everything is that the Touchdownfile declares: 1 to 64 letters, digits, `_` and `-`. Every
   * resource that can carry tags carries it.
   */
  readonly name: string;
}

/**
 * A Touchdownfile whose workspace has a name: `export default touchdown({ name: "media" }, (workspace) => { … })`.
 *
 * @throws ARGUMENT for a name that is none
 */
export function touchdown<Declared>(
  { name }: TouchdownOptions,
  declare: (workspace: Workspace) => Declared,
): (workspace: Workspace) => Declared {
  if (typeof name !== "string" || !/^[\w-]{1,64}$/u.test(name)) {
    const got = JSON.stringify(name) ?? String(name);
    const message = `touchdown: name must be 1 to 64 letters, digits, _ and -, got ${got}`;
    throw new TouchdownError("ARGUMENT", message);
  }
  if (typeof declare !== "function") {
    throw new TouchdownError("ARGUMENT", "touchdown takes a function as its second argument", {
      hint: 'write: export default touchdown({ name: "media" }, (workspace) => { … })',
    });
  }
  return (workspace) => {
    workspace[naming](name);
    return declare(workspace);
  };
}

interface WorkspaceOptions {
  /** From the command line. */
  readonly overrides?: AccountOverrides;
  /** The Touchdownfile's, which paths in it are relative to. Default: the one the process runs in. */
  readonly folder?: string;
  /** A lock that is missing or stale is an error, never written. Default: false. */
  readonly locked?: boolean;
}

export class Workspace {
  readonly #declarations = new Declarations();
  readonly #overrides: AccountOverrides;
  readonly #accounts = new Map<Scope, AccountSettings>();
  readonly #problems: TouchdownError[] = [];
  readonly #packages: Packages;

  constructor(options: WorkspaceOptions = {}) {
    const { overrides = {}, folder = process.cwd(), locked = false } = options;
    this.#overrides = overrides;
    this.#packages = new Packages(this.#declarations, { folder, locked });
  }

  /** Its name, given by `touchdown({ name }, …)` before anything is declared. */
  get name(): string | undefined {
    return this.#declarations.owner;
  }

  /** Whose what is declared is, and where more of it may be; undefined without a name. */
  get owned(): { readonly owner: string; readonly scopes: readonly Scope[] } | undefined {
    const { owner } = this.#declarations;
    return owner === undefined ? undefined : { owner, scopes: [...this.#accounts.keys()] };
  }

  /**
   * The resource had another name before. The next `apply` makes it, repoints what refers to it, and
   * then deletes the one of before, if it is this workspace's, not protected, and holds no data.
   */
  moved(resource: Resource, { from }: { readonly from: string }): void {
    resource.movedFrom.push(from);
  }

  /** @internal */
  [naming](name: string): void {
    this.#declarations.owner = name;
  }

  /** Everything declared so far, in order. */
  get resources(): readonly AnyResource[] {
    this.#packages.settle();
    return this.#declarations.resources;
  }

  /** What was wrong with what is no resource: accounts, bundles. */
  get problems(): readonly TouchdownError[] {
    return this.#problems;
  }

  /** The settings of its accounts, in the order of declaration. */
  get accounts(): readonly AccountSettings[] {
    return [...this.#accounts.values()];
  }

  /** An AWS account and region; credentials come from the AWS SDK's own chain unless given. */
  addAws(options: AccountOptions = {}): AwsAccount {
    const parsed = accountOptions.safeParse(options, { reportInput: true });
    if (!parsed.success) this.#problems.push(...accountProblems(parsed.error, options));
    else this.#problems.push(...keyProblems(parsed.data));
    const given = accountSettings(parsed.data ?? {}, this.#overrides, process.env);
    const settings = { ...given, label: this.#labelOf(given) };
    const scope: Scope = { ...accountScope(settings), owned: ownedPlace };
    this.#accounts.set(scope, settings);
    return new AwsAccount(this.#declarations, scope);
  }

  /** Its name; without one, the first account needs none, and another is told apart by its region. */
  #labelOf({ label, region }: AccountSettings): string {
    if (label !== "") return label;
    const taken = new Set([...this.#accounts.keys()].map((scope) => scope.label));
    const numbered = `aws ${this.#accounts.size + 1}`;
    return ["", region ?? numbered].find((free) => !taken.has(free)) ?? numbered;
  }

  /** This machine, as a target for bundles. */
  addLocal(): LocalTarget {
    return addLocal();
  }

  /** Steps on a target, in order: files to write, commands to run, outputs to hand on. */
  addFuselageBundle(args: BundleArgs): Bundle {
    this.#problems.push(...bundleProblems(args));
    return new Bundle(this.#declarations, args);
  }

  /** A zip that touchdown builds of a Python project, its dependencies, sources and generated files. */
  addPythonPackage(args: PythonPackageArgs): PythonPackage {
    return this.#packages.add(args);
  }

  /**
   * A function and the account that declares it; one that none declares is looked for in the first.
   *
   * @param named  its name: `api`; where several accounts have it, with its place: `function api (prod)`
   * @throws NAME_AMBIGUOUS, NAME_UNKNOWN for one that is not declared and no function can have
   */
  functionOf(named: string): { readonly name: string; readonly settings: AccountSettings } {
    const functions = this.resources.filter(
      ({ definition }) => definition.type === "aws.lambda.function",
    );
    const namesOf = (each: AnyResource): readonly string[] => {
      const name = String(each.args["name"]);
      return [name, `function ${name}`, nameOf(each)];
    };
    const declared = functions.filter((each) => namesOf(each).includes(named));
    const [found, other] = declared;
    if (found === undefined && !functionName.test(named)) {
      const message = `no function is named "${named}"${nearest(named, functions.flatMap(namesOf))}`;
      throw new TouchdownError("NAME_UNKNOWN", message, {
        hint: 'this verb takes a function: its name, or where several accounts have it "function api (prod)"',
      });
    }
    if (other !== undefined) {
      const names = declared.map((each) => `"${nameOf(each)}"`).join(" or ");
      throw new TouchdownError("NAME_AMBIGUOUS", `there is more than one function ${named}`, {
        hint: `name ${names}`,
      });
    }
    const [first] = this.#accounts.values();
    const settings = found === undefined ? first : this.#accounts.get(found.scope);
    return {
      name: found === undefined ? named : String(found.args["name"]),
      settings: settings ?? accountSettings({}, this.#overrides, process.env),
    };
  }
}

/** A name, an ARN, a part of one. @source Lambda API, Invoke: FunctionName */
const functionName = /^[\w:$-]+$/u;

/** Half a pair would be ignored, and other credentials be used than the ones meant. */
function keyProblems(options: AccountOptions): readonly TouchdownError[] {
  const { accessKeyId, secretAccessKey, sessionToken } = options;
  const given = [accessKeyId, secretAccessKey].filter((key) => key !== undefined).length;
  if (given === 2 || (given === 0 && sessionToken === undefined)) return [];
  const message = `${accountName(options)}: accessKeyId and secretAccessKey go together`;
  return [new TouchdownError("ARGUMENT", message)];
}

function accountName({ name }: AccountOptions): string {
  return name === undefined ? "addAws" : `addAws ${name}`;
}

function accountProblems(
  error: Parameters<typeof problemsOf>[0],
  options: AccountOptions,
): readonly TouchdownError[] {
  const names = Object.keys(accountOptions.shape);
  const secret = ["accessKeyId", "secretAccessKey", "sessionToken"];
  return problemsOf(error, { names, secret }).map(({ path, message }) => {
    const where = path.length === 0 ? "" : `${path.map(String).join(".")} `;
    return new TouchdownError("ARGUMENT", `${accountName(options)}: ${where}${message}`);
  });
}
