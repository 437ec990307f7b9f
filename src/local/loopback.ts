import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * The addresses beside loopback that a process listens on, as the kernel writes them (`00000000:1F90`); empty where
 * there are none, and off Linux, where this is not looked up.
 *
 * @source proc_pid_net(5)
 */
export function exposedAddresses(pid: number): string[] {
  if (process.platform !== "linux") return [];
  try {
    const inodes = socketsOf(pid);
    const tables = ["tcp", "tcp6"].map((name) => readFileSync(`/proc/${pid}/net/${name}`, "utf8"));
    return tables
      .flatMap(parseListening)
      .filter(({ inode, loopback }) => !loopback && inodes.has(inode))
      .map(({ address }) => address);
  } catch {
    return []; // ended since, or a /proc that hides it
  }
}

function socketsOf(pid: number): Set<string> {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // closed since
  }
}

/** Read `/proc/net/tcp` or `tcp6`: who listens where. */
export function parseListening(
  table: string,
): { readonly address: string; readonly inode: string; readonly loopback: boolean }[] {
  return table.split("\n").flatMap((line) => {
    const [, address, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (address === undefined || inode === undefined || state !== listening) return [];
    return [{ address, inode, loopback: loopback.test(address) }];
  });
}

const listening = "0A";
/** 127.x.x.x, ::1 and ::ffff:127.x.x.x, each 32 bits in the machine's (little-endian) order. */
const loopback = /^([0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F):/;
