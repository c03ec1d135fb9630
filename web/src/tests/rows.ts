import type { Signal } from "../lib/api";

/** One row of a ranking; what a test does not name is the same everywhere. */
export function row(rank: number, symbol: string, changes: Partial<Signal> = {}): Signal {
  return {
    rank, symbol, name: `${symbol} Limited`, sector: "Energy", score: 1 - rank / 10, ml_prob: 0.6 - rank / 100, ml_expected_return: 0.02, signal: "BUY", confidence: 0.6,
    interval: [-0.05, 0.09], close: 10, close_date: "2026-11-20", change: 0.01, spark: "0Az", note: null, disagreement: null, ...changes,
  };
}
