import { expect, it } from "vitest";
import type { Comparison } from "../lib/api";
import { crossTable, pairs, widest } from "../lib/disagreement";

const share = (symbol: string, signals: Record<string, string>, probs: Record<string, number>) => ({ symbol, name: null, sector: null, ranks: {}, signals, probs });
const comparison = {
  as_of: {},
  models: ["a", "b"],
  rows: [share("AAA.AX", { a: "BUY", b: "BUY" }, { a: 0.55, b: 0.54 }), share("BBB.AX", { a: "BUY", b: "SELL" }, { a: 0.56, b: 0.45 }), share("CCC.AX", { a: "BUY" }, { a: 0.55 })],
} as Comparison;

it("a share that only one model ranked is left out", () => expect(pairs(comparison, "a", "b").map((p) => p.symbol)).toEqual(["AAA.AX", "BBB.AX"]));
it("labels are counted against labels, strong sell first", () => {
  const table = crossTable(pairs(comparison, "a", "b"));
  expect([table[3]![3], table[3]![1], table.flat().reduce((a, b) => a + b)]).toEqual([1, 1, 2]);
});
it("the widest gap comes first", () => expect(widest(pairs(comparison, "a", "b"), 1)[0]!.symbol).toBe("BBB.AX"));
