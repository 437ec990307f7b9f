import { createServer } from "node:net";
import { errorName } from "./system-error.ts";

/**
 * A TCP port that nothing listens on at the loopback address. Another process may take it before it is used: who
 * starts a server on it must be ready to ask again.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("a listening TCP server has no port"));
      });
    });
  });
}

/** Whether something could listen on a TCP port of the loopback address, now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", (error) => resolve(errorName(error) !== "EADDRINUSE"));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
