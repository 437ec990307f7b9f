/** What is remembered of the packages of one Touchdownfile that were built. */
import type { Store } from "../../store/store.ts";
import type { PackageId, PackageInputs } from "../package-key.ts";
import { KeptPackages } from "./kept-packages.ts";
import type { KeptPackage } from "./kept-packages.ts";
import { LastBuilds } from "./last-builds.ts";
import { SaveLater } from "./save-later.ts";

export interface PackageBuild {
  readonly id: PackageId;
  readonly inputs: PackageInputs;
  readonly made: KeptPackage;
  /** Of the zip that it was made from, 64 hex digits. */
  readonly base: string | undefined;
}

export class PackageBuilds {
  readonly kept: KeptPackages;
  readonly last: LastBuilds;
  readonly #later: SaveLater;

  /** @param folder  the Touchdownfile's */
  constructor(store: Store, folder: string) {
    this.kept = new KeptPackages(store);
    this.last = new LastBuilds(store, folder);
    this.#later = new SaveLater(() => {
      this.kept.save();
      this.last.save();
    });
  }

  /** Remember what `work` builds. */
  noting(label: string, work: () => Promise<PackageBuild>): Promise<void> {
    return this.#later.during(async () => {
      const { id, inputs, made, base } = await work();
      this.kept.keep(id, made, inputs);
      this.last.note(label, { ...id, zip: made.sha256, base });
    });
  }
}
