/**
 * The lengths of a prefix code's words in bits, none longer than `longest`: as short in sum as the frequencies allow,
 * or nearly so where that limit counts. The same on every machine: only integers, and ties go by symbol.
 *
 * @param frequencies  by symbol; a symbol that does not occur gets no word: length 0
 */
export function codeLengths(frequencies: Uint32Array, longest: number): Uint8Array {
  const lengths = new Uint8Array(frequencies.length);
  const sorted = byFrequency(frequencies);
  if (sorted.length < 2) {
    // RFC 1951 §3.2.7: one symbol still takes a bit
    for (const symbol of sorted) lengths[symbol] = 1;
    return lengths;
  }
  const counts = limited(countsOf(sorted, frequencies), longest);
  let next = 0;
  for (let length = longest; length > 0; length--) {
    for (let left = counts[length] ?? 0; left > 0; left--) lengths[sorted[next++] ?? 0] = length;
  }
  return lengths;
}

/**
 * The words of the code that has these lengths, with their bits in the order in which deflate sends them.
 *
 * @source RFC 1951 §3.2.2
 */
export function codeWords(lengths: Uint8Array): Uint16Array {
  const next = new Uint16Array(17);
  for (const length of lengths) if (length > 0) next[length + 1] = (next[length + 1] ?? 0) + 1;
  for (let length = 1; length < 17; length++)
    next[length] = ((next[length] ?? 0) + (next[length - 1] ?? 0)) << 1;
  const words = new Uint16Array(lengths.length);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] ?? 0;
    if (length === 0) continue;
    const word = next[length] ?? 0;
    next[length] = word + 1;
    words[symbol] = reversed(word, length);
  }
  return words;
}

/** A code has no more symbols than this. Tables are made once: most files are small, and each is deflated by itself. */
const mostSymbols = 288;
const keys = new Uint32Array(mostSymbols);
const weights = new Uint32Array(2 * mostSymbols);
const parents = new Uint32Array(2 * mostSymbols);
const depths = new Uint8Array(2 * mostSymbols);

/** The symbols that occur, the rarest first; until this is called again. */
function byFrequency(frequencies: Uint32Array): Uint32Array {
  // a block has fewer tokens than 2 to the 22nd, and there are fewer symbols than 512: both fit into 32 bits
  let count = 0;
  for (let symbol = 0; symbol < frequencies.length; symbol++) {
    const frequency = frequencies[symbol] ?? 0;
    if (frequency > 0) keys[count++] = (frequency << 9) | symbol;
  }
  const sorted = keys.subarray(0, count).sort();
  for (let at = 0; at < count; at++) sorted[at] = (sorted[at] ?? 0) & 511;
  return sorted;
}

/** How many words of each length Huffman's tree has. */
function countsOf(sorted: Uint32Array, frequencies: Uint32Array): Uint32Array {
  const leaves = sorted.length;
  const nodes = 2 * leaves - 1;
  for (let leaf = 0; leaf < leaves; leaf++) weights[leaf] = frequencies[sorted[leaf] ?? 0] ?? 0;
  // leaves and inner nodes both come lightest first: the two lightest stand at the head of either
  let leaf = 0;
  let inner = leaves;
  for (let made = leaves; made < nodes; made++) {
    let weight = 0;
    for (let child = 0; child < 2; child++) {
      const leafIsLighter =
        leaf < leaves && (inner >= made || (weights[leaf] ?? 0) <= (weights[inner] ?? 0));
      const lightest = leafIsLighter ? leaf++ : inner++;
      weight += weights[lightest] ?? 0;
      parents[lightest] = made;
    }
    weights[made] = weight;
  }
  const counts = new Uint32Array(64);
  depths[nodes - 1] = 0;
  for (let node = nodes - 2; node >= 0; node--) {
    const depth = (depths[parents[node] ?? 0] ?? 0) + 1;
    depths[node] = depth;
    if (node < leaves) counts[depth] = (counts[depth] ?? 0) + 1;
  }
  return counts;
}

/** Make words that are too long as long as they may be, and for the room that takes make shorter ones longer. */
function limited(counts: Uint32Array, longest: number): Uint32Array {
  const result = counts.slice(0, longest + 1);
  for (let length = longest + 1; length < counts.length; length++)
    result[longest] = (result[longest] ?? 0) + (counts[length] ?? 0);
  // Kraft: a word of length n takes 2^(longest - n) of the 2^longest places
  let taken = 0;
  for (let length = 1; length <= longest; length++)
    taken += (result[length] ?? 0) << (longest - length);
  for (; taken > 1 << longest; taken--) {
    // one of the longest becomes the brother of a shorter one, which goes down a step
    let length = longest - 1;
    while (result[length] === 0) length--;
    result[length] = (result[length] ?? 0) - 1;
    result[length + 1] = (result[length + 1] ?? 0) + 2;
    result[longest] = (result[longest] ?? 0) - 1;
  }
  return result;
}

/** Of sixteen bits first neighbours change places, then pairs, fours and bytes; without a loop, as code runs cold here. */
function reversed(word: number, length: number): number {
  let bits = ((word & 0x5555) << 1) | ((word >>> 1) & 0x5555);
  bits = ((bits & 0x3333) << 2) | ((bits >>> 2) & 0x3333);
  bits = ((bits & 0x0f0f) << 4) | ((bits >>> 4) & 0x0f0f);
  bits = ((bits & 0x00ff) << 8) | (bits >>> 8);
  return bits >>> (16 - length);
}
