/** Put in by the bundler, from package.json. */
declare const TOUCHDOWN_VERSION: string | undefined;

export const version = typeof TOUCHDOWN_VERSION === "string" ? TOUCHDOWN_VERSION : "0.0.0-dev";
