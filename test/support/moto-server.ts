/** moto's server, in a virtual environment in the user's cache: another AWS to hold touchdown to. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheFolder } from "../../src/host/dirs.ts";
import { freePort } from "../../src/host/free-port.ts";

const version = "5.2.5";

export interface Moto {
  readonly endpoint: string;
  readonly stop: () => void;
}

/** @returns undefined if it can't be installed here */
export async function motoServer(): Promise<Moto | undefined> {
  const folder = join(await cacheFolder(), `moto-${version}`);
  if (!(await installed(folder))) return undefined;
  const port = await freePort();
  const child = spawn(join(folder, "bin", "moto_server"), ["-H", "127.0.0.1", "-p", `${port}`], {
    stdio: "ignore",
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  process.once("exit", () => child.kill("SIGKILL"));
  for (let tries = 0; tries < 120; tries += 1) {
    const answer = await fetch(`${endpoint}/moto-api/`).catch(() => undefined);
    if (answer?.ok === true) return { endpoint, stop: () => void child.kill() };
    await sleep(250);
  }
  child.kill();
  throw new Error("moto_server did not answer within 30 s");
}

/** Whole or absent: a stamp is written last. */
async function installed(folder: string): Promise<boolean> {
  const stamp = join(folder, "installed");
  if (existsSync(stamp)) return true;
  await rm(folder, { recursive: true, force: true });
  const pip = [join(folder, "bin", "python"), "-m", "pip", "install", "-q"] as const;
  const steps = [
    ["python3", "-m", "venv", folder],
    [...pip, `moto[server]==${version}`],
  ] as const;
  for (const [program, ...args] of steps) {
    if (spawnSync(program, args, { stdio: "ignore" }).status !== 0) return false;
  }
  await writeFile(stamp, "");
  return true;
}
