/** What makes one version of a layer another: as declared, and as AWS has it. */
import { canonical } from "../../core/canonical.ts";
import type { Field } from "../../core/define.ts";
import type { LayerState } from "./layer-read.ts";
import type { LayerWant } from "./layer-schema.ts";
import { megabytes } from "./upload.ts";

type LayerField = Field<LayerWant, LayerState>;

interface ContentHash {
  readonly sha256: string;
  /** Bytes; only of the content that is to be sent. */
  readonly size?: number;
}

export const contentField: LayerField = {
  want: ({ content: { sha256, size } }): ContentHash => ({ sha256, size }),
  have: ({ sha256 }): ContentHash => ({ sha256 }),
  equal: (want, have) => (want as ContentHash).sha256 === (have as ContentHash).sha256,
  action: "publish a new version",
  show: (value) => {
    const { sha256, size } = value as ContentHash;
    const short = `${sha256.slice(0, 4)}…`;
    return size === undefined ? `sha256 ${short}` : `${short}, ${megabytes(size)}`;
  },
};

export const detailFields = {
  description: {
    want: ({ description }) => description,
    have: ({ newest }) => newest.Description ?? "",
  },
  compatibleRuntimes: {
    want: (want) => runtimesOf(want),
    have: ({ newest }) => asSet(newest.CompatibleRuntimes),
  },
  compatibleArchitectures: {
    want: (want) => architecturesOf(want),
    have: ({ newest }) => asSet(newest.CompatibleArchitectures),
  },
  license: {
    want: ({ license }) => license,
    have: ({ newest }) => newest.LicenseInfo ?? "",
  },
} as const satisfies Record<string, LayerField>;

/** Whether the newest version is what is declared. */
export function isAsDeclared(want: LayerWant, have: LayerState): boolean {
  return (
    want.content.sha256 === have.sha256 &&
    Object.values(detailFields).every(
      (field) => canonical(field.want(want)) === canonical(field.have(have)),
    )
  );
}

/** What is declared, else what the content was built for, which is then waited for. */
export function runtimesOf(want: LayerWant): readonly string[] {
  return asSet(want.compatibleRuntimes ?? want.content.builtFor?.runtime);
}

export function architecturesOf(want: LayerWant): readonly string[] {
  return asSet(want.compatibleArchitectures ?? want.content.builtFor?.architecture);
}

/** AWS says nothing of their order, and a new version for that would be one too many. */
function asSet(values: string | readonly string[] = []): readonly string[] {
  return [...new Set([values].flat())].toSorted();
}
