import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pipSettings } from "./pip-settings.ts";
import { uvEnvironment } from "./uv-environment.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "touchdown-pip-"));
});
afterEach(() => rm(home, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), text);
}

/** No file of this machine: the system's folders are in the test's home. */
const surroundings = (environment: Record<string, string | undefined> = {}) => ({
  environment: { XDG_CONFIG_DIRS: join(home, "etc"), ...environment },
  platform: "linux" as const,
  home,
});
const settings = (environment?: Record<string, string>) => {
  const { cert: _, ...rest } = Object.fromEntries(pipSettings(surroundings(environment)));
  return rest;
};
const environment = (own?: Record<string, string | undefined>) => {
  const { XDG_CONFIG_DIRS: _, SSL_CERT_FILE: __, ...rest } = uvEnvironment(home, surroundings(own));
  return rest;
};

test("pip's settings are read as pip does: system, user, site, named file, variables", async () => {
  await write(
    "etc/pip/pip.conf",
    "[global]\nindex-url = https://index.invalid/system\ntimeout=7\n",
  );
  await write(".config/pip/pip.conf", "[global]\nindex_url: https://index.invalid/user\n");
  expect(settings()).toEqual({ "index-url": "https://index.invalid/user", timeout: "7" });
  await write("venv/pip.conf", "[install]\ntimeout = 8\n[list]\ntimeout = 9\n");
  expect(settings({ VIRTUAL_ENV: join(home, "venv") })).toMatchObject({ timeout: "8" });
  await write("named", "[global]\nno-index = true\n");
  expect(settings({ PIP_CONFIG_FILE: join(home, "named"), PIP_TIMEOUT: "5" })).toMatchObject({
    "index-url": "https://index.invalid/system",
    "no-index": "true",
    timeout: "5",
  });
  expect(settings({ PIP_CONFIG_FILE: "/dev/null" })).toEqual({ "config-file": "/dev/null" });
});

test("a value of pip's may be spread over lines, and lines may be comments", async () => {
  await write(
    ".config/pip/pip.conf",
    "# mine\n[global]\nextra-index-url =\n    https://index.invalid/a\n    ; not this\n    https://index.invalid/b\n",
  );
  expect(settings()).toEqual({
    "extra-index-url": "https://index.invalid/a\nhttps://index.invalid/b",
  });
});

test("uv is given what pip is configured with", async () => {
  await mkdir(join(home, "wheels"));
  const given = environment({
    PIP_INDEX_URL: "https://index.invalid/simple",
    PIP_EXTRA_INDEX_URL: "https://index.invalid/a\n  https://index.invalid/b",
    PIP_FIND_LINKS: `${join(home, "wheels")} ${join(home, "gone")} https://index.invalid/links`,
    PIP_TRUSTED_HOST: "index.invalid other.invalid",
    PIP_DEFAULT_TIMEOUT: "1",
    PIP_TIMEOUT: "180",
    PIP_PROXY: "http://proxy.invalid:3128",
    PIP_NO_INDEX: "0",
  });
  expect(given).toMatchObject({
    UV_DEFAULT_INDEX: "https://index.invalid/simple",
    UV_INDEX: "https://index.invalid/a https://index.invalid/b",
    UV_FIND_LINKS: `${join(home, "wheels")},https://index.invalid/links`,
    UV_INSECURE_HOST: "index.invalid other.invalid",
    UV_HTTP_TIMEOUT: "180",
    ALL_PROXY: "http://proxy.invalid:3128",
    UV_PYTHON_DOWNLOADS: "never",
  });
  expect(given).not.toHaveProperty("UV_NO_INDEX");
});

test("uv's own configuration, variables or files, comes before pip's, setting by setting", async () => {
  const pip = {
    PIP_INDEX_URL: "https://index.invalid/pip",
    PIP_EXTRA_INDEX_URL: "https://x.invalid",
  };
  expect(environment({ ...pip, UV_INDEX_URL: "https://index.invalid/uv" })).toEqual({
    ...pip,
    UV_INDEX_URL: "https://index.invalid/uv",
    UV_INDEX: "https://x.invalid",
    UV_PYTHON_DOWNLOADS: "never",
    UV_NO_PROGRESS: "1",
  });
  await write(
    ".config/uv/uv.toml",
    '[[index]]\nurl = "https://index.invalid/toml"\ndefault = true\n',
  );
  const configured = environment(pip);
  expect(configured).not.toHaveProperty("UV_DEFAULT_INDEX");
  expect(configured).not.toHaveProperty("UV_INDEX");
  await write(
    "pyproject.toml",
    '[tool.uv.pip]\nextra-index-url = ["https://index.invalid/more"]\n',
  );
  await rm(join(home, ".config"), { recursive: true });
  expect(environment(pip)).toMatchObject({ UV_DEFAULT_INDEX: "https://index.invalid/pip" });
  expect(environment(pip)).not.toHaveProperty("UV_INDEX");
});

test("nothing in the environment sends uv to another project or interpreter", () => {
  const given = environment({
    UV_PROJECT: "/other",
    UV_PYTHON: "3.9",
    VIRTUAL_ENV: "/venv",
    PYTHONPATH: "/lib",
    UV_CACHE_DIR: "/cache",
    UV_PYTHON_DOWNLOADS: "automatic",
  });
  expect(given).toEqual({
    UV_CACHE_DIR: "/cache",
    UV_PYTHON_DOWNLOADS: "automatic",
    UV_NO_PROGRESS: "1",
  });
});
