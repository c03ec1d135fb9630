import { fireEvent, render, screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { labelOf } from "../lib/signals";
import SignalTable, { type SignalRow } from "../ui/SignalTable.svelte";
import { row } from "./rows";

const asRow = (signal: ReturnType<typeof row>): SignalRow => ({ ...signal, direction: labelOf(signal.signal).direction });
const rows = [row(1, "AAA.AX", { close: 10 }), row(2, "BBB.AX", { close: 30, signal: "SELL" }), row(3, "CCC.AX", { close: null, change: null })].map(asRow);
const props = { rows, asOf: "2026-11-20", sort: { key: "rank", descending: false } as const, onsort: () => {}, version: 1, flash: new Set<string>(), loading: false };
const order = () => screen.getAllByTestId("row").map((r) => within(r).getByRole("link").querySelector("b")!.textContent);

describe("the signal table", () => {
  it("lists rows in rank order, each a link to its security", () => {
    render(SignalTable, props);
    expect(order()).toEqual(["AAA", "BBB", "CCC"]);
    expect(screen.getAllByRole("link")[1]!.getAttribute("href")).toBe("/s/BBB.AX");
  });
  it("asks for a number's largest first, then for its smallest", async () => {
    const onsort = vi.fn();
    const view = render(SignalTable, { ...props, onsort });
    await fireEvent.click(screen.getByRole("button", { name: "Close A$" }));
    expect(onsort).toHaveBeenLastCalledWith({ key: "close", descending: true });
    await view.rerender({ sort: { key: "close", descending: true } });
    expect(order()).toEqual(["BBB", "AAA", "CCC"]);
    expect(screen.getByRole("columnheader", { name: "Close A$" }).getAttribute("aria-sort")).toBe("descending");
    await fireEvent.click(screen.getByRole("button", { name: "Close A$" }));
    expect(onsort).toHaveBeenLastCalledWith({ key: "close", descending: false });
  });
  it("shows what is missing as a dash that says why", () => {
    render(SignalTable, props);
    const last = screen.getAllByTestId("row")[2]!;
    expect(within(last).getByTitle("No price on record").textContent).toMatch(/^–/);
  });
  it("says of a close from an earlier session when it was", () => {
    render(SignalTable, { ...props, rows: [asRow(row(1, "AAA.AX", { close_date: "2026-11-12" }))] });
    expect(screen.getByTitle("Last traded 12 Nov 2026").textContent).toBe("10.00");
  });
  it("names the label in words, not by colour alone", () => {
    render(SignalTable, props);
    expect(within(screen.getAllByTestId("row")[1]!).getByText("Sell")).toBeTruthy();
  });
  it("keeps every row under the pointer in place when a new ranking arrives", async () => {
    const view = render(SignalTable, props);
    await fireEvent.pointerEnter(screen.getByRole("region", { name: "Signals" }));
    const turned = rows.map((r) => ({ ...r, rank: 4 - r.rank }));
    await view.rerender({ rows: turned, version: 2, flash: new Set(["AAA.AX"]) });
    expect(order()).toEqual(["AAA", "BBB", "CCC"]);
    expect(screen.getAllByTestId("row")[0]!.classList.contains("flash")).toBe(true);
    await fireEvent.click(screen.getByRole("button", { name: /Sort now/ }));
    expect(order()).toEqual(["CCC", "BBB", "AAA"]);
  });
  it("re-sorts by itself when nobody points at it", async () => {
    const view = render(SignalTable, props);
    await view.rerender({ rows: rows.map((r) => ({ ...r, rank: 4 - r.rank })), version: 2 });
    expect(order()).toEqual(["CCC", "BBB", "AAA"]);
  });
  it("renders only the rows in sight of two thousand", () => {
    const many = Array.from({ length: 2000 }, (_, i) => asRow(row(i + 1, `S${i}.AX`)));
    render(SignalTable, { ...props, rows: many });
    expect(screen.getByRole("table").getAttribute("aria-rowcount")).toBe("2001");
    expect(screen.getAllByTestId("row").length).toBeLessThan(60);
  });
  it("says so when nothing matches", () => {
    render(SignalTable, { ...props, rows: [] });
    expect(screen.getByText("No signal matches these filters.")).toBeTruthy();
  });
});
