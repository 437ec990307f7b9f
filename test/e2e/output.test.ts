/** Where the built command's words go: files, readers that go away or are slow. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cleanEnvironment, command, inFolder } from "../support/cli.ts";

/** A graph whose text is more than a pipe holds. */
const wide = {
  "Touchdownfile.ts": `export default (workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  for (let number = 0; number < 3000; number += 1) aws.addQueue({ name: \`queue-with-a-long-name-\${number}\` });
};
`,
};

function shell(
  script: string,
  cwd: string,
): { status: number | null; stdout: string; stderr: string } {
  const env = { ...cleanEnvironment(), NODE: process.execPath, TOUCHDOWN: command };
  return spawnSync("bash", ["-c", script], { cwd, env, encoding: "utf8", maxBuffer: 1e8 });
}

test("a reader that goes away ends the run, and is no fault", async () => {
  await inFolder(wide, async (folder) => {
    const ran = shell('"$NODE" "$TOUCHDOWN" dot | head -n 1; echo "${PIPESTATUS[0]}"', folder);
    expect(ran.stdout).toMatch(/^digraph.*\n0\n$/u);
    expect(ran.stderr).toBe("");
  });
});

/** Two files, the second after the first. */
const two = {
  "Touchdownfile.ts": `export default (workspace) => {
  const bundle = workspace.addFuselageBundle({ target: workspace.addLocal() });
  bundle.addFile({ name: "one.txt", contents: "1" });
  bundle.addFile({ name: "two.txt", contents: "2" });
};
`,
};

test("what is to be changed is changed, whether or not anybody reads of it", async () => {
  await inFolder(two, async (folder) => {
    const script = '"$NODE" "$TOUCHDOWN" apply --yes --json | head -n 1; echo "${PIPESTATUS[0]}"';
    const ran = shell(script, folder);
    expect(ran.stdout).toMatch(/^\{"type":.*\}\n0\n$/u);
    expect(ran.stderr).toBe("");
    expect(existsSync(join(folder, "two.txt"))).toBe(true);
  });
});

test("on a disk that is full it is changed too; stdout that is not whole is said", async (context) => {
  if (!existsSync("/dev/full")) return context.skip("needs /dev/full");
  const full = "error cannot write to standard output: no space left on device [STDOUT_WRITE]\n";
  await inFolder(two, async (folder) => {
    const ran = shell('"$NODE" "$TOUCHDOWN" apply --yes --json > /dev/full', folder);
    expect(ran).toMatchObject({ status: 1, stderr: full });
    expect(existsSync(join(folder, "two.txt"))).toBe(true);
    const plan = shell('"$NODE" "$TOUCHDOWN" plan --detailed-exitcode > /dev/full', folder);
    expect(plan.status).toBe(1);
    expect(plan.stderr.endsWith(full)).toBe(true);
  });
  await inFolder(two, async (folder) => {
    const ran = shell('"$NODE" "$TOUCHDOWN" apply --yes 2> /dev/full', folder);
    expect(ran.status).toBe(0);
    expect(existsSync(join(folder, "two.txt"))).toBe(true);
  });
});

test("a slow reader of a pipe that does not wait gets every byte", async () => {
  await inFolder(wide, async (folder) => {
    const whole = shell('"$NODE" "$TOUCHDOWN" dot', folder).stdout;
    expect(whole.length).toBeGreaterThan(2 * 65_536);
    const script = `import os, subprocess, sys, time
r, w = os.pipe()
os.set_blocking(w, False)
child = subprocess.Popen([os.environ["NODE"], os.environ["TOUCHDOWN"], "dot"], stdout=w)
os.close(w)
time.sleep(2)
while piece := os.read(r, 5000):
    sys.stdout.write(piece.decode()); time.sleep(0.001)
sys.exit(child.wait())
`;
    const env = { ...cleanEnvironment(), NODE: process.execPath, TOUCHDOWN: command };
    const slow = spawnSync("python3", ["-c", script], { cwd: folder, env, encoding: "utf8" });
    expect(slow).toMatchObject({ status: 0, stdout: whole, stderr: "" });
  });
});

test("a run goes on where nobody listens to what is said of it", async () => {
  await inFolder(
    { "Touchdownfile.ts": "export default () => { throw new Error('no'); };" },
    async (folder) => {
      const script = '"$NODE" "$TOUCHDOWN" plan 2> >(exec true); echo $?';
      expect(shell(script, folder).stdout).toMatch(/^[1-9]\n$/u);
    },
  );
});

test("stdout and stderr that are files hold what was said, in order", async () => {
  await inFolder({ "Touchdownfile.ts": "export default () => {};" }, async (folder) => {
    shell(
      '"$NODE" "$TOUCHDOWN" plan > out.txt 2>&1; "$NODE" "$TOUCHDOWN" --version >> out.txt',
      folder,
    );
    expect(readFileSync(join(folder, "out.txt"), "utf8")).toMatch(
      /^Nothing to do.*\ntouchdown \d+\.\d+\.\d+\n$/u,
    );
  });
});
