/** Spans → tracks on which they nest: one inside another or one after another, never half and half. */

export interface Span {
  /** Whose it is. */
  readonly id: string | undefined;
  readonly name: string;
  readonly category: string;
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly args: Readonly<Record<string, unknown>>;
}

interface Track {
  readonly title: string;
  readonly spans: readonly Span[];
}

const parts: ReadonlySet<string> = new Set(["call", "wait", "retry"]);

/**
 * What was read and changed takes the first slot that is free, so that there are as many as things
 * were done at once; its parts are on the same track, or on one beside it where they overlap. Parts
 * of nobody have tracks of their own.
 */
export function layOut(spans: readonly Span[]): readonly Track[] {
  const whole = spans.filter(({ category }) => !parts.has(category)).toSorted(byStart);
  const slots: Slot[] = [];
  const shared = newSlot();
  const placed: { span: Span; slot: Slot }[] = [];
  const owners = new Map<string | undefined, { span: Span; slot: Slot }[]>();
  for (const span of whole) {
    const slot = slots.find(({ until }) => until <= span.start) ?? newSlot();
    if (!slots.includes(slot)) slots.push(slot);
    slot.until = span.end;
    placed.push({ span, slot });
    owners.set(span.id, [...(owners.get(span.id) ?? []), { span, slot }]);
  }
  for (const part of spans.filter(({ category }) => parts.has(category))) {
    const parent = parentOf(part, part.id === undefined ? [] : (owners.get(part.id) ?? []));
    const span = parent === undefined ? part : within(parent.span, part);
    placed.push({ span, slot: parent?.slot ?? shared });
  }
  for (const { span, slot } of placed.toSorted((a, b) => byStart(a.span, b.span)))
    place(slot, span);
  return [
    ...slots.flatMap((slot, index) => tracksOf(slot, `slot ${index + 1}`)),
    ...tracksOf(shared, "shared"),
  ];
}

interface Slot {
  /** When it is free again. */
  until: number;
  readonly lanes: { readonly spans: Span[]; readonly open: Span[] }[];
}

function newSlot(): Slot {
  return { until: 0, lanes: [] };
}

/** Earlier first; of two that begin together, what holds the other. */
function byStart(a: Span, b: Span): number {
  return a.start - b.start || b.end - a.end;
}

/** What of its owner it shares the most time with: one that was read was perhaps changed as well. */
function parentOf<T extends { readonly span: Span }>(
  part: Span,
  owners: readonly T[],
): T | undefined {
  const shares = owners
    .map((owner) => ({ owner, time: sharedTime(owner.span, part) }))
    .filter(({ time }) => time >= 0);
  return shares.toSorted((a, b) => b.time - a.time)[0]?.owner;
}

function sharedTime(a: Span, b: Span): number {
  return Math.min(a.end, b.end) - Math.max(a.start, b.start);
}

/** Clocks count whole milliseconds, and a pause may be cut short: a part ends with what it is part of. */
function within(whole: Span, part: Span): Span {
  const start = Math.min(Math.max(part.start, whole.start), whole.end);
  return { ...part, start, end: Math.max(start, Math.min(part.end, whole.end)) };
}

/** On the first lane where it overlaps nothing in part; spans come in the order of `byStart`. */
function place({ lanes }: Slot, span: Span): void {
  for (const lane of lanes) {
    while ((lane.open.at(-1)?.end ?? Infinity) <= span.start) lane.open.pop();
    const around = lane.open.at(-1);
    if (around !== undefined && around.end < span.end) continue;
    lane.open.push(span);
    lane.spans.push(span);
    return;
  }
  lanes.push({ spans: [span], open: [span] });
}

function tracksOf({ lanes }: Slot, title: string): readonly Track[] {
  return lanes.map(({ spans }, index) => ({
    title: index === 0 ? title : `${title}, at the same time`,
    spans,
  }));
}
