/**
 * One event stream per browser: the tab that holds the Web Lock reads it, the others listen on a BroadcastChannel.
 * Without this the seventh tab hangs, since browsers open at most six HTTP/1.1 connections to a host.
 */
import type { AppEvent } from "./api";

type Message = { kind: "event"; event: AppEvent } | { kind: "state"; on: boolean } | { kind: "gap" } | { kind: "ask" };
export interface Listener {
  onEvent(event: AppEvent): void;
  onState(on: boolean): void;
  /** Some events were left out: what is shown must be read afresh. */
  onGap(): void;
}

export function subscribe(url: string, types: readonly string[], listener: Listener): () => void {
  const stop = new AbortController();
  const channel = new BroadcastChannel(url);
  let reading: EventSource | null = null;
  const deliver = (message: Message) => {
    if (message.kind === "event") listener.onEvent(message.event);
    else if (message.kind === "state") listener.onState(message.on);
    else if (message.kind === "gap") listener.onGap();
    else if (reading) channel.postMessage({ kind: "state", on: reading.readyState === EventSource.OPEN });
  };
  const emit = (message: Message) => {
    deliver(message);
    channel.postMessage(message);
  };
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === "event") listener.onState(true);
    deliver(data);
  };
  const read = () =>
    new Promise<void>((release) => {
      const source = (reading = new EventSource(url));
      source.onopen = () => emit({ kind: "state", on: true });
      source.onerror = () => emit({ kind: "state", on: false });
      source.addEventListener("gap", () => emit({ kind: "gap" }));
      for (const type of types) {
        source.addEventListener(type, (e: MessageEvent<string>) => emit({ kind: "event", event: JSON.parse(e.data) as AppEvent }));
      }
      stop.signal.addEventListener("abort", () => {
        source.close();
        reading = null;
        release();
      });
    });
  // A tab opened later asks the reading one how the stream is.
  channel.postMessage({ kind: "ask" });
  if (navigator.locks) navigator.locks.request(url, { signal: stop.signal }, read).catch(() => {});
  else void read();
  return () => {
    stop.abort();
    channel.close();
  };
}
