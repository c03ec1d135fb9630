/** Two models' words on the same shares, side by side. */
import type { Comparison } from "./api";
import { isLabel, LABELS, type Label } from "./signals";

export interface Pair {
  symbol: string;
  name: string | null;
  labels: readonly [Label, Label];
  probs: readonly [number, number];
}

/** The shares that both models ranked. */
export function pairs(comparison: Comparison, first: string, second: string): Pair[] {
  return comparison.rows.flatMap((row) => {
    const labels = [row.signals[first], row.signals[second]];
    const probs = [row.probs[first], row.probs[second]];
    if (!labels.every((label) => label !== undefined && isLabel(label)) || !probs.every((p) => p !== undefined)) return [];
    return [{ symbol: row.symbol, name: row.name, labels: labels as [Label, Label], probs: probs as [number, number] }];
  });
}

/** How many shares have each pair of labels: rows by the first model, columns by the second, strong sell first. */
export function crossTable(all: readonly Pair[]): number[][] {
  const counts = LABELS.map(() => LABELS.map(() => 0));
  for (const { labels } of all) counts[LABELS.indexOf(labels[0])]![LABELS.indexOf(labels[1])]!++;
  return counts;
}

/** The shares on which the probabilities lie furthest apart, widest first. */
export const widest = (all: readonly Pair[], count: number): Pair[] =>
  all.toSorted((a, b) => Math.abs(b.probs[0] - b.probs[1]) - Math.abs(a.probs[0] - a.probs[1])).slice(0, count);
