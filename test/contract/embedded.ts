/** The embedded AWS of a contract test file: started at its first use, ended with the process. */
import { embeddedAws } from "../support/embedded-aws.ts";

let started: Promise<string> | undefined;

/** @returns its address: `http://127.0.0.1:4566` */
export function embeddedEndpoint(): Promise<string> {
  started ??= embeddedAws().then(({ endpoint }) => endpoint);
  return started;
}
