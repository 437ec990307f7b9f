import { expect, test } from "vitest";
import { proxyFor } from "./proxy.ts";

const through = (address: string, environment: NodeJS.ProcessEnv): string | undefined =>
  proxyFor(new URL(address), environment)?.href;

test("the proxy is the one for the address's scheme, in lower case first", () => {
  const environment = {
    HTTPS_PROXY: "http://s:3128",
    HTTP_PROXY: "plain:3128",
    ALL_PROXY: "http://a",
  };
  expect(through("https://index.invalid/", environment)).toBe("http://s:3128/");
  expect(through("http://index.invalid/", environment)).toBe("http://plain:3128/");
  expect(through("http://index.invalid/", { ...environment, http_proxy: "http://lower" })).toBe(
    "http://lower/",
  );
  expect(through("https://index.invalid/", { ALL_PROXY: "https://a" })).toBe("https://a/");
  expect(through("https://index.invalid/", { HTTP_PROXY: "http://a", HTTPS_PROXY: "" })).toBe(
    undefined,
  );
});

test("in a CGI program HTTP_PROXY comes from outside, and is not believed", () => {
  const environment = { REQUEST_METHOD: "GET", HTTP_PROXY: "http://evil" };
  expect(through("http://index.invalid/", environment)).toBeUndefined();
});

test.each([
  ["*", true],
  ["index.invalid", true],
  ["INDEX.invalid", true],
  [".invalid", true],
  ["*.invalid", true],
  ["invalid", true],
  ["other, index.invalid", true],
  ["index.invalid:443", true],
  ["index.invalid:80", false],
  ["dex.invalid", false],
  ["index.invalid.example", false],
  ["", false],
])("NO_PROXY=%s exempts https://index.invalid: %s", (list, exempt) => {
  const environment = { HTTPS_PROXY: "http://s", NO_PROXY: list };
  expect(through("https://index.invalid/simple/", environment) === undefined).toBe(exempt);
});

test.each([
  ["10.1.2.3", "10.0.0.0/8", true],
  ["10.1.2.3", "10.1.2.3", true],
  ["10.1.2.3", "10.2.0.0/16", false],
  ["10.1.2.3", "2.3", false],
  ["[fd00::1]", "fd00::/8", true],
  ["[fd00::1]", "[fd00::1]", true],
  ["[fd00::1]", "10.0.0.0/8", false],
  ["10.1.2.3", "10.0.0.0/nonsense", false],
])("for the address %s, NO_PROXY=%s exempts: %s", (host, list, exempt) => {
  const environment = { HTTP_PROXY: "http://s", no_proxy: list };
  expect(through(`http://${host}/`, environment) === undefined).toBe(exempt);
});

test.each(["socks4", "socks5", "socks5h"])("for a %s proxy, what to do is said", (scheme) => {
  const environment = { all_proxy: `${scheme}://me:secret@127.0.0.1:1080` };
  for (const [protocol, variable] of [
    ["https", "HTTPS_PROXY"],
    ["http", "HTTP_PROXY"],
  ]) {
    const address = `${protocol}://index.invalid/`;
    const hint = `name an http:// or https:// proxy with ${variable}`;
    const message = `the proxy that all_proxy names is a ${scheme}:// one, which is not known`;
    let refused: unknown;
    try {
      through(address, environment);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({
      code: "FETCH_PROXY",
      message,
      hint: expect.stringContaining(hint),
    });
    expect(through(address, { ...environment, no_proxy: "index.invalid" })).toBeUndefined();
    expect(through(address, { ...environment, [`${protocol}_proxy`]: "http://p" })).toBe(
      "http://p/",
    );
  }
});

test("a proxy that can't be used is named by its variable, never by its value", () => {
  expect(() => through("https://index.invalid/", { HTTPS_PROXY: "socks5://me:secret@s" })).toThrow(
    "the proxy that HTTPS_PROXY names is a socks5:// one, which is not known",
  );
  expect(() => through("https://index.invalid/", { ALL_PROXY: "http://me:secret@" })).toThrow(
    "the proxy that ALL_PROXY names is not an address",
  );
});
