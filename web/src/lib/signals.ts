/** What a ranking's rows mean: labels, filters, sparklines, the file a reader takes away. */
import type { Signal } from "./api";

export const LABELS = ["STRONG_SELL", "SELL", "HOLD", "BUY", "STRONG_BUY"] as const;
export type Label = (typeof LABELS)[number];

/** Words, direction (-2..2) and colour role of each label; direction is drawn as chevrons, so colour is never alone. */
export const LABEL: Record<Label, { words: string; direction: number; tone: "up" | "down" | "even"; scale: string }> = {
  STRONG_BUY: { words: "Strong buy", direction: 2, tone: "up", scale: "var(--scale-5)" },
  BUY: { words: "Buy", direction: 1, tone: "up", scale: "var(--scale-4)" },
  HOLD: { words: "Hold", direction: 0, tone: "even", scale: "var(--scale-3)" },
  SELL: { words: "Sell", direction: -1, tone: "down", scale: "var(--scale-2)" },
  STRONG_SELL: { words: "Strong sell", direction: -2, tone: "down", scale: "var(--scale-1)" },
};

export const isLabel = (text: string): text is Label => text in LABEL;
export const labelOf = (text: string): (typeof LABEL)[Label] => LABEL[isLabel(text) ? text : "HOLD"];

/** A symbol without its exchange: BHP.AX is shown as BHP. */
export const code = (symbol: string): string => symbol.replace(/\.AX$/, "");

export interface Choice {
  text: string;
  labels: readonly string[];
  sector: string;
}

/** The rows a reader asked to see, in their given order. */
export function choose(rows: readonly Signal[], choice: Choice): Signal[] {
  const words = choice.text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (choice.labels.length && !choice.labels.includes(row.signal)) return false;
    if (choice.sector && row.sector !== choice.sector) return false;
    const text = `${row.symbol} ${row.name ?? ""} ${row.sector ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function countLabels(rows: readonly Signal[]): Record<Label, number> {
  const counts: Record<Label, number> = { STRONG_SELL: 0, SELL: 0, HOLD: 0, BUY: 0, STRONG_BUY: 0 };
  for (const row of rows) if (isLabel(row.signal)) counts[row.signal]++;
  return counts;
}

export const sectorsOf = (rows: readonly Signal[]): string[] => [...new Set(rows.flatMap((row) => row.sector ?? []))].toSorted();

/** The last closes scaled to 0..1, from one base-62 digit a session. */
export function decodeSpark(digits: string): number[] {
  return [...digits].map((digit) => {
    const c = digit.charCodeAt(0);
    return (c < 58 ? c - 48 : c < 91 ? c - 55 : c - 61) / 61;
  });
}

const COLUMNS: readonly (keyof Signal)[] = [
  "rank", "symbol", "name", "sector", "signal", "ml_prob", "confidence", "ml_expected_return", "interval", "disagreement", "close", "close_date", "change", "note",
];

/** RFC 4180 text of the rows as shown; `simulated` is a column of its own, so that a file cannot lose the mark. */
export function toCsv(rows: readonly Signal[], facts: { model: string; as_of: string; simulated: boolean }): string {
  const quote = (value: unknown) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const head = ["model", "as_of", "simulated", ...COLUMNS.flatMap((name) => (name === "interval" ? ["interval_low", "interval_high"] : [name]))];
  const lines = rows.map((row) => [
    facts.model, facts.as_of, facts.simulated,
    ...COLUMNS.flatMap((name) => (name === "interval" ? [row.interval?.[0], row.interval?.[1]] : [row[name]])),
  ]);
  return [head, ...lines].map((line) => line.map(quote).join(",")).join("\r\n") + "\r\n";
}

/** The symbols whose label, rank or price differ between two rankings. */
export function changed(before: readonly Signal[], after: readonly Signal[]): Set<string> {
  const old = new Map(before.map((row) => [row.symbol, row]));
  const differs = (a: Signal, b: Signal) => a.rank !== b.rank || a.signal !== b.signal || a.close !== b.close;
  return new Set(after.filter((row) => !old.has(row.symbol) || differs(old.get(row.symbol)!, row)).map((row) => row.symbol));
}
