/** Where a run's events go: to people as text, or to programs as JSON. */
import type { Event } from "../../core/events.ts";

export interface Renderer {
  readonly emit: (event: Event) => void;
  /** Clear what moves, so that other text can be written. */
  readonly pause: () => void;
  /** Nothing comes after. */
  readonly end: () => void;
}
