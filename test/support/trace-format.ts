/** The Trace Event Format's rules, as far as our traces use it. @source Trace Event Format, Google */
import * as z from "zod/mini";

const base = { pid: z.int(), tid: z.int(), name: z.string().check(z.minLength(1)) };
const metadata = z.discriminatedUnion("name", [
  z.strictObject({
    ...base,
    ph: z.literal("M"),
    name: z.literal("process_name"),
    args: z.strictObject({ name: z.string() }),
  }),
  z.strictObject({
    ...base,
    ph: z.literal("M"),
    name: z.literal("thread_name"),
    args: z.strictObject({ name: z.string() }),
  }),
  z.strictObject({
    ...base,
    ph: z.literal("M"),
    name: z.literal("thread_sort_index"),
    args: z.strictObject({ sort_index: z.int() }),
  }),
]);
const time = z.number().check(z.gte(0));
const complete = z.strictObject({
  ...base,
  ph: z.literal("X"),
  cat: z.string().check(z.minLength(1)),
  ts: time,
  dur: time,
  args: z.record(z.string(), z.unknown()),
});
const instant = z.strictObject({
  ...base,
  ph: z.literal("i"),
  cat: z.string().check(z.minLength(1)),
  ts: time,
  s: z.enum(["g", "p", "t"]),
});
const trace = z.strictObject({
  displayTimeUnit: z.enum(["ms", "ns"]),
  traceEvents: z.array(z.union([metadata, complete, instant])),
});

export type CompleteEvent = z.output<typeof complete> & { readonly track: string };

/**
 * Every complete event of a trace, with its track's name.
 *
 * @throws where it breaks a rule: a field, a track without a name, spans that overlap in part
 */
export function readTrace(text: string): readonly CompleteEvent[] {
  const { traceEvents } = trace.parse(JSON.parse(text));
  const names = new Map(
    traceEvents.flatMap((event) =>
      event.name === "thread_name" && event.ph === "M" && "name" in event.args
        ? [[event.tid, String(event.args.name)] as const]
        : [],
    ),
  );
  const spans = traceEvents.flatMap((event) => {
    if (event.ph === "M") return [];
    const track = names.get(event.tid);
    if (track === undefined) throw new Error(`track ${event.tid} has no name`);
    return event.ph === "X" ? [{ ...event, track }] : [];
  });
  for (const tid of names.keys()) refuseOverlap(spans.filter((span) => span.tid === tid));
  return spans;
}

/** Within a track events nest, or are apart; those that hold others come first. */
function refuseOverlap(spans: readonly CompleteEvent[]): void {
  const open: CompleteEvent[] = [];
  for (const span of spans.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    while (open.length > 0 && ends(open.at(-1)) <= span.ts) open.pop();
    const around = open.at(-1);
    if (around !== undefined && ends(around) < ends(span)) {
      throw new Error(`${around.name} and ${span.name} overlap in part on ${span.track}`);
    }
    open.push(span);
  }
}

function ends(span: CompleteEvent | undefined): number {
  return span === undefined ? Infinity : span.ts + span.dur;
}
