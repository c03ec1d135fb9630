/** A headless table for keyed rows of one height: sorts, keeps missing values last, renders only the window in sight. */

export interface Sort<T> {
  key: keyof T & string;
  descending: boolean;
}

export interface TableSource<T> {
  rows: () => readonly T[];
  sort: () => Sort<T>;
  rowHeight: () => number;
  id: (row: T) => string;
}

const OVERSCAN = 8;

/** Sorted copy; null and undefined come last in either direction, ties keep their order. */
export function sortRows<T>(rows: readonly T[], { key, descending }: Sort<T>): T[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [a[key], b[key]];
    if (x == null || y == null) return Number(x == null) - Number(y == null);
    return x < y ? -sign : x > y ? sign : 0;
  });
}

export class TableView<T> {
  top = $state(0);
  height = $state(900);
  /** The order rows had when it was frozen, so that new data never moves a row from under the pointer. */
  #frozen = $state.raw<Map<string, number> | null>(null);
  #source: TableSource<T>;

  sorted = $derived.by(() => sortRows(this.#source.rows(), this.#source.sort()));
  shown = $derived.by(() => {
    const order = this.#frozen;
    if (!order) return this.sorted;
    const place = (row: T) => order.get(this.#source.id(row)) ?? Infinity;
    return this.sorted.toSorted((a, b) => place(a) - place(b));
  });
  from = $derived.by(() => Math.max(0, Math.min(Math.floor(this.top / this.#source.rowHeight()) - OVERSCAN, this.shown.length - 1)));
  to = $derived.by(() => Math.min(this.shown.length, Math.ceil((this.top + this.height) / this.#source.rowHeight()) + OVERSCAN));
  window = $derived.by(() => this.shown.slice(this.from, this.to));
  above = $derived.by(() => this.from * this.#source.rowHeight());
  below = $derived.by(() => Math.max(0, this.shown.length - this.to) * this.#source.rowHeight());

  constructor(source: TableSource<T>) {
    this.#source = source;
  }

  get frozen(): boolean {
    return this.#frozen !== null;
  }

  /** Keep the rows in the order of `ids` through the updates that follow. */
  freeze(ids: readonly string[]): void {
    this.#frozen ??= new Map(ids.map((id, i) => [id, i]));
  }

  release(): void {
    this.#frozen = null;
  }
}
