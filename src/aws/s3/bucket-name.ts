/** The rules for a bucket's name, each in words. */
import * as z from "zod/mini";

const rules: readonly (readonly [broken: (name: string) => boolean, message: string])[] = [
  [(name) => name.length < 3 || name.length > 63, "must be 3–63 characters long"],
  [(name) => /[A-Z]/u.test(name), "must be in lower case"],
  [(name) => /[^A-Za-z0-9.-]/u.test(name), "must hold only letters, digits, . and -"],
  [(name) => /^[.-]|[.-]$/u.test(name), "must begin and end with a letter or a digit"],
  [(name) => name.includes(".."), "must not hold two dots beside each other"],
  [(name) => /^\d+\.\d+\.\d+\.\d+$/u.test(name), "must not look like an IP address"],
  [
    (name) => /^(?:xn--|sthree-|amzn-s3-demo-)/u.test(name),
    "must not begin with xn--, sthree- or amzn-s3-demo-, which AWS keeps for itself",
  ],
  [
    (name) => /(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/u.test(name),
    "must not end with -s3alias, --ol-s3, .mrap, --x-s3 or --table-s3, which AWS keeps for itself",
  ],
];

/**
 * A general-purpose bucket's name.
 *
 * @source S3 user guide, "General purpose bucket naming rules"
 */
export const bucketName = z.string().check(
  z.superRefine((name, context) => {
    for (const [broken, message] of rules) {
      if (broken(name)) context.addIssue(`${message}, got ${JSON.stringify(name)}`);
    }
  }),
);
