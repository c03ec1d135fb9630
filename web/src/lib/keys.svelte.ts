/** Keys without a modifier: single ones by page, `g` + letter to jump; none while the reader types. */

export type Bindings = Record<string, () => unknown>;
const PAUSE_MS = 1200;

export class Keys {
  #page: Bindings[] = [];
  #jumping = 0;

  /** Bind keys until the returned function is called. */
  bind(bindings: Bindings): () => void {
    this.#page.push(bindings);
    return () => {
      this.#page = this.#page.filter((other) => other !== bindings);
    };
  }

  /** Handle one key press; `jumps` maps the letter after `g`. */
  press(event: KeyboardEvent, jumps: Bindings): void {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const action = Date.now() - this.#jumping < PAUSE_MS ? jumps[event.key] : this.#find(event.key);
    this.#jumping = event.key === "g" ? Date.now() : 0;
    if (!action) return;
    event.preventDefault();
    action();
  }

  #find(key: string): (() => unknown) | undefined {
    return this.#page.findLast((bindings) => bindings[key])?.[key];
  }
}

const typing = (target: EventTarget | null): boolean => target instanceof Element && target.closest("input, select, textarea, dialog, [contenteditable]") !== null;

export const keys = new Keys();
