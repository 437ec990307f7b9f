/** Where the store keeps what is built of packages. */

/** By the key of a package's inputs: what was made of them. */
export const packageBucket = "packages-v1";

/** By sha256. */
export const zipBucket = "zips-v1";

/** By folder and label: the last build. */
export const lastBucket = "last-v2";

/** By dependencies and own paths: the zip that others are made from. */
export const baseBucket = "bases-v1";
