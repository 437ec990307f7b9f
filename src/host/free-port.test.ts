import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort, isPortFree } from "./free-port.ts";

test("a port is free until something listens on it", async () => {
  const port = await freePort();
  expect(await isPortFree(port)).toBe(true);
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(port, "127.0.0.1", resolve));
  try {
    expect(await isPortFree(port)).toBe(false);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
