/** Names that are there without being declared in an ES module on Lambda's Node. */

/** @source ECMA-262 §19; Node 22, "Global objects"; `awslambda`: Lambda's response streaming */
const names = new Set(
  `undefined NaN Infinity globalThis eval isFinite isNaN parseFloat parseInt decodeURI
  decodeURIComponent encodeURI encodeURIComponent escape unescape AggregateError Array ArrayBuffer
  Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError
  FinalizationRegistry Float32Array Float64Array Function Int8Array Int16Array Int32Array Intl
  Iterator JSON Map Math Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set
  SharedArrayBuffer String Symbol SyntaxError TypeError URIError Uint8Array Uint8ClampedArray
  Uint16Array Uint32Array WeakMap WeakRef WeakSet AbortController AbortSignal Blob BroadcastChannel
  Buffer ByteLengthQueuingStrategy CompressionStream CountQueuingStrategy Crypto CryptoKey
  CustomEvent DecompressionStream DOMException Event EventTarget File FormData Headers
  MessageChannel MessageEvent MessagePort Navigator Performance PerformanceEntry PerformanceMark
  PerformanceMeasure PerformanceObserver ReadableStream ReadableStreamDefaultReader Request Response
  SubtleCrypto TextDecoder TextDecoderStream TextEncoder TextEncoderStream TransformStream URL
  URLSearchParams WebAssembly WebSocket WritableStream WritableStreamDefaultWriter atob btoa
  awslambda clearImmediate clearInterval clearTimeout console crypto fetch global navigator
  performance process queueMicrotask setImmediate setInterval setTimeout structuredClone`.split(
    /\s+/u,
  ),
);

export function isNodeGlobal(name: string): boolean {
  return names.has(name);
}
