/** Where the embedded AWS answers, if these tests were given one. */

export const needsEmbedded = "needs the embedded AWS";

/** @returns its address: `http://127.0.0.1:4566` */
export function embeddedEndpoint(): Promise<string | undefined> {
  return Promise.resolve(process.env["TOUCHDOWN_TEST_ENDPOINT"]);
}
