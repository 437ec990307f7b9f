/**
 * The records of a zip: their signatures, and their lengths without the parts that vary.
 *
 * @source APPNOTE 6.3.10 §4.3.7, §4.3.12, §4.3.14–16
 */
export const localHeader = { signature: 0x04034b50, length: 30 } as const;
export const centralHeader = { signature: 0x02014b50, length: 46 } as const;
export const endRecord = { signature: 0x06054b50, length: 22 } as const;
export const zip64EndRecord = { signature: 0x06064b50, length: 56 } as const;
export const zip64Locator = { signature: 0x07064b50, length: 20 } as const;

/** §4.5.3: the extra field that holds what does not fit into 16 or 32 bits. */
export const zip64ExtraId = 0x0001;

/** §4.4.1.4: these values say that the real one is in the zip64 record or extra field. */
export const full16 = 0xffff;
export const full32 = 0xffffffff;

/** §4.4.4: bits of the general purpose flag. */
export const flags = {
  encrypted: 1 << 0,
  dataDescriptor: 1 << 3,
  strongEncryption: 1 << 6,
  utf8: 1 << 11,
} as const;

/** §4.4.5: how an entry is compressed; no other way is read or written. */
export const methods = { stored: 0, deflated: 8 } as const;
export type Method = (typeof methods)[keyof typeof methods];

/** §4.4.2.2: of the systems an archive can be made by, those whose external attributes hold a Unix mode. */
export const unix = 3;
export const darwin = 19;

/** The entry's data within a zip, still compressed. */
export type CompressedEntry = {
  /** Relative, `/`-separated, without `.` and `..`. */
  readonly path: string;
  readonly method: Method;
  /** Of the uncompressed bytes. */
  readonly crc32: number;
  /** Bytes, uncompressed. */
  readonly size: number;
  /** Bytes, as they are in the zip. */
  readonly compressedSize: number;
};
