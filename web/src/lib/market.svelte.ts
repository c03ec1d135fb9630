/** The rankings this tab holds, one a model, kept current by the server's events. */
import { type AppEvent, api, type LiveSignals } from "./api";
import { bus } from "./bus.svelte";
import { Resource } from "./resource.svelte";
import { changed } from "./signals";

const FLASH_MS = 1600;

class Ranking extends Resource<LiveSignals> {
  /** Symbols that the last update changed; empty again after a moment. */
  flash = $state.raw<ReadonlySet<string>>(new Set());

  constructor(readonly model: string) {
    super(() => api.liveSignals(model));
  }

  /** Refresh, unless nobody has asked for this ranking yet. */
  refreshIfAsked(): void {
    if (this.data || this.problem) void this.refresh();
  }

  /** Ask again because the server said there is news. */
  async refresh(): Promise<void> {
    const before = this.data;
    await this.load();
    if (!before || !this.data || this.data === before) return;
    this.flash = changed(before.signals, this.data.signals);
    setTimeout(() => (this.flash = new Set()), FLASH_MS);
  }
}

class Market {
  /** Whether anything this tab has read says that its data is simulated. */
  simulated = $state(false);
  asOf = $state("");
  #rankings = new Map<string, Ranking>();

  /** The ranking of `model`; the caller loads it. */
  ranking(model: string): Ranking {
    let ranking = this.#rankings.get(model);
    if (!ranking) this.#rankings.set(model, (ranking = new Ranking(model)));
    return ranking;
  }

  /** Follow the server; called once by the shell. */
  start(): void {
    bus.start();
    bus.listen((event) => this.#hear(event), () => this.refreshAll());
  }

  /** Note what an answer says about its data, whichever page asked. */
  note(facts: { simulated: boolean; as_of?: string }): void {
    this.simulated = facts.simulated;
    if (facts.as_of && facts.as_of > this.asOf) this.asOf = facts.as_of;
  }

  #hear(event: AppEvent): void {
    if (event.type !== "signal.generated") return;
    this.#rankings.get(String(event.payload.model))?.refreshIfAsked();
  }

  /** Ask for everything again, for a run that found nothing new announces nothing. */
  refreshAll(): void {
    for (const ranking of this.#rankings.values()) ranking.refreshIfAsked();
  }
}

export const market = new Market();
export type { Ranking };
