import { expect, it } from "vitest";
import { sortRows } from "../lib/table.svelte";
import { row } from "./rows";

const rows = [row(1, "AAA.AX", { close: 10 }), row(2, "BBB.AX", { close: null }), row(3, "CCC.AX", { close: 30 })];
const order = (descending: boolean) => sortRows(rows, { key: "close", descending }).map((r) => r.symbol);

it("missing values come last whichever way a column is sorted", () => {
  expect(order(false)).toEqual(["AAA.AX", "CCC.AX", "BBB.AX"]);
  expect(order(true)).toEqual(["CCC.AX", "AAA.AX", "BBB.AX"]);
});
it("rows that tie keep the order they had", () => {
  expect(sortRows(rows, { key: "sector", descending: true }).map((r) => r.rank)).toEqual([1, 2, 3]);
});
