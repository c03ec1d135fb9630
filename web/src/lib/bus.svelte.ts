/** The server's events inside this tab: whether the stream is open, and who wants to hear of which event. */
import type { AppEvent } from "./api";
import { subscribe } from "./live";

/** Every type the server announces; the stream names each event by its type, so a type left out here is not heard. */
export const EVENT_TYPES = [
  "signal.generated",
  "signal.changed",
  "price.updated",
  "model.drift_detected",
  "portfolio.changed",
  "alert.triggered",
  "news.ingested",
  "sentiment.changed",
  "job.completed",
] as const;

class Bus {
  on = $state(false);
  heard = $state(false);
  #handlers = new Set<(event: AppEvent) => void>();
  #gapHandlers = new Set<() => void>();
  #stop: (() => void) | null = null;

  /** Open the stream once; a second call does nothing. */
  start(): void {
    this.#stop ??= subscribe("/api/v1/events/stream", EVENT_TYPES, {
      onEvent: (event) => this.#handlers.forEach((handle) => handle(event)),
      onGap: () => this.#gapHandlers.forEach((handle) => handle()),
      onState: (on) => {
        this.on = on;
        this.heard = true;
      },
    });
  }

  /** Hear every event, and of events that were missed, until the returned function is called. */
  listen(handle: (event: AppEvent) => void, missed: () => void = () => {}): () => void {
    this.#handlers.add(handle);
    this.#gapHandlers.add(missed);
    return () => {
      this.#handlers.delete(handle);
      this.#gapHandlers.delete(missed);
    };
  }
}

export const bus = new Bus();
