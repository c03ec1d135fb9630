import { describe, expect, it } from "vitest";
import { changed, choose, countLabels, decodeSpark, toCsv } from "../lib/signals";
import { row } from "./rows";

const NONE = { text: "", labels: [], sector: "" };
const rows = [row(1, "BHP.AX", { name: "BHP Group", sector: "Materials", signal: "STRONG_BUY" }), row(2, "CBA.AX", { name: "Commonwealth Bank", sector: "Financials", signal: "SELL" }), row(3, "XYZ.AX", { name: null, sector: null, signal: "HOLD" })];
const symbols = (choice: object) => choose(rows, { ...NONE, ...choice }).map((r) => r.symbol);

describe("a filter", () => {
  it("finds every word in code, name or sector, in any case", () => {
    expect(symbols({ text: "bank" })).toEqual(["CBA.AX"]);
    expect(symbols({ text: "GROUP materials" })).toEqual(["BHP.AX"]);
    expect(symbols({ text: "bank materials" })).toEqual([]);
  });
  it("keeps the chosen labels and sector together", () => {
    expect(symbols({ labels: ["SELL", "HOLD"] })).toEqual(["CBA.AX", "XYZ.AX"]);
    expect(symbols({ labels: ["SELL", "HOLD"], sector: "Financials" })).toEqual(["CBA.AX"]);
  });
});

it("labels are counted, absent ones as nought", () => {
  expect(countLabels(rows)).toEqual({ STRONG_SELL: 0, SELL: 1, HOLD: 1, BUY: 0, STRONG_BUY: 1 });
});

it("a spark's digits span nought to one in the order 0-9 A-Z a-z", () => {
  expect(decodeSpark("0z")).toEqual([0, 1]);
  expect(decodeSpark("9Aa").map((x) => Math.round(x * 61))).toEqual([9, 10, 36]);
});

describe("the file taken away", () => {
  it("says of every row which model, session and kind of data it is from", () => {
    const lines = toCsv([row(1, "BHP.AX", { name: 'A "big", one', close: null, interval: null })], { model: "ensemble", as_of: "2026-11-20", simulated: true }).split("\r\n");
    expect(lines[0]).toContain("model,as_of,simulated,rank,symbol,name");
    expect(lines[1]).toMatch(/^ensemble,2026-11-20,true,1,BHP.AX,"A ""big"", one",/);
    expect(lines[1]!.split(",").length - 1).toBe(lines[0]!.split(",").length);
  });
});

it("only rows whose rank, label or price moved count as changed", () => {
  const before = [row(1, "AAA.AX"), row(2, "BBB.AX"), row(3, "CCC.AX")];
  const after = [row(1, "AAA.AX"), row(2, "BBB.AX", { close: 11 }), row(3, "DDD.AX")];
  expect([...changed(before, after)]).toEqual(["BBB.AX", "DDD.AX"]);
});
