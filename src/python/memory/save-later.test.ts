import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SaveLater } from "./save-later.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

const write = vi.fn<() => void>();
beforeEach(() => write.mockReset());
const turn = () => new Promise(setImmediate);

test("what is made one after the other, several at a time, is saved once at the end", async () => {
  const later = new SaveLater(write);
  await later.during(async () => {});
  expect(write).toHaveBeenCalledTimes(1);
  const lane = async (): Promise<void> => {
    for (let at = 0; at < 10; at++) await later.during(async () => {});
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  expect(write).toHaveBeenCalledTimes(1);
  await turn();
  expect(write).toHaveBeenCalledTimes(2);
  await turn();
  expect(write).toHaveBeenCalledTimes(2);
});

test("a process that ends at once saves it too", async () => {
  const listeners = process.listeners("exit");
  const later = new SaveLater(write);
  await later.during(async () => {});
  await later.during(async () => {});
  expect(write).toHaveBeenCalledTimes(1);
  const added = process.listeners("exit").filter((listener) => !listeners.includes(listener));
  expect(added).toHaveLength(1);
  added[0]?.(0);
  expect(write).toHaveBeenCalledTimes(2);
  expect(process.listeners("exit")).toEqual(listeners);
});

test("in a long run it is saved every second, though something is always being made", async () => {
  const later = new SaveLater(write);
  let end = (): void => {};
  const long = later.during(() => new Promise((resolve) => (end = resolve)));
  await later.during(async () => {});
  expect(write).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_100);
  await later.during(async () => {});
  expect(write).toHaveBeenCalledTimes(1);
  await later.during(async () => {});
  expect(write).toHaveBeenCalledTimes(1);
  end();
  await long;
  await turn();
  expect(write).toHaveBeenCalledTimes(2);
});

test("work that fails makes nothing to be saved, and does not keep others' from being saved", async () => {
  const later = new SaveLater(write);
  const failing = later.during(() => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(write).not.toHaveBeenCalled();
  const good = later.during(async () => {});
  await expect(later.during(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await good;
  expect(write).toHaveBeenCalledTimes(1);
});
