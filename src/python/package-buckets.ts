/** Where the store keeps what is built of packages. */

/** By dependencies and own paths: the packages that were built of them. */
export const packageBucket = "packages-v3";

/** By sha256. */
export const zipBucket = "zips-v1";

/** By sha256 of a zip and what was found in it: that it was. */
export const noteBucket = "notes-v1";

/** By folder: the last build of each package. */
export const lastBucket = "last-v4";

/** By dependencies and own paths: the zip that others are made from. */
export const baseBucket = "bases-v1";
