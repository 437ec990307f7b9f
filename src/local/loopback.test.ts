import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { exposedAddresses, parseListening } from "./loopback.ts";

let server: Server | undefined;
afterEach(() => server?.close());

function listen(host: string): Promise<void> {
  const started = createServer();
  server = started;
  return new Promise((resolve) => void started.listen(0, host, resolve));
}

test("a server on loopback is not exposed", async () => {
  await listen("127.0.0.1");
  expect(exposedAddresses(process.pid)).toEqual([]);
});

test("the kernel's table is read: who listens, and whether beyond loopback", () => {
  const table = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1",
    "   1: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1",
    "   2: 0100007F:1F92 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 13 1",
    "   3: 00000000000000000000000001000000:1F93 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 14 1",
    "   4: 00000000000000000000000000000000:1F94 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 15 1",
    "   5: 0000000000000000FFFF00000100007F:1F95 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 16 1",
  ].join("\n");
  expect(parseListening(table).map(({ inode, loopback }) => [inode, loopback])).toEqual([
    ["11", true],
    ["12", false],
    ["14", true],
    ["15", false],
    ["16", true],
  ]);
});
