import { TouchdownError } from "../../src/errors.ts";
import { findUv, type Uv } from "../../src/python/uv/uv.ts";
import { openStore } from "../../src/store/store.ts";

/** A uv, from the PATH or, fetched once, from the user's store; `undefined` where none can be had. */
export async function uvForTests(): Promise<Uv | undefined> {
  try {
    return await findUv({ store: await openStore() });
  } catch (error) {
    if (error instanceof TouchdownError && error.code === "UV_MISSING") return undefined;
    throw error;
  }
}
