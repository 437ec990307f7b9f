import type { WheelContents, WheelEntry } from "./wheel/wheel-contents.ts";

/** One file of the zip and where its bytes are. */
export type StagedEntry = FromWheel | FromBytes | FromFile;

export type FromWheel = WheelEntry & {
  readonly from: "wheel";
  /** Its sha256, 64 hex digits. */
  readonly wheel: string;
  /** Where it is on this machine. */
  readonly file: string;
};

type FromBytes = Placed & { readonly from: "bytes"; readonly bytes: Uint8Array };

type FromFile = Placed & {
  readonly from: "file";
  /** Absolute. */
  readonly file: string;
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
};

type Placed = { readonly path: string; readonly mode: 0o644 | 0o755 };

export type StagedWheel = WheelContents & { readonly file: string };

export interface StageInput {
  readonly wheels: readonly StagedWheel[];
  readonly own: readonly StagedEntry[];
  /** What does not go in, wherever it is from. */
  readonly exclude?: (path: string) => boolean;
  /** What the user named: it goes in whatever `exclude` says, and one's own file then replaces a wheel's. */
  readonly include?: (path: string) => boolean;
  /** Distributions whose file counts where others have another at its path, the first before the next. */
  readonly prefer?: readonly string[];
}
