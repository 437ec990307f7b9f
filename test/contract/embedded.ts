/** The embedded AWS of a contract test file: started at its first use, ended with the file's tests. */
import { afterAll } from "vitest";
import { embeddedAws } from "../support/embedded-aws.ts";

let started: ReturnType<typeof embeddedAws> | undefined;

// The end of a worker's process is no help: vitest may end it with a signal.
afterAll(async () => (await started)?.stop());

/** @returns its address: `http://127.0.0.1:4566` */
export async function embeddedEndpoint(): Promise<string> {
  started ??= embeddedAws();
  return (await started).endpoint;
}
