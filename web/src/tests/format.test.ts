import { describe, expect, it } from "vitest";
import { ago, compact, day, fixed, measured, modelName, moment, percent, price, session, signed, signedPercent, span, tone } from "../lib/format";

describe("numbers", () => {
  it("have a true minus, an explicit plus and no sign on what rounds to nothing", () => {
    expect([fixed(-1.5), signed(2), signed(-2), signed(0.001), signed(-0.001), signedPercent(-0.123)]).toEqual(["−1.50", "+2.00", "−2.00", "0.00", "0.00", "−12.3%"]);
  });
  it("of prices below two dollars have the tick's third digit", () => {
    expect([price(1.995), price(2), price(1234.5)]).toEqual(["1.995", "2.00", "1,234.50"]);
  });
  it("of large amounts have a unit", () => {
    expect([compact(999), compact(52_310_000), compact(470_000), compact(1.2e9), compact(-5200)]).toEqual(["999", "52.3m", "470k", "1.2bn", "−5.2k"]);
  });
  it("are fractions shown as percentages", () => expect(percent(0.6761)).toBe("67.6%"));
  it("have no direction once they are written as nothing", () => {
    expect([tone(0.1), tone(-0.1), tone(0), tone(-0.0001, "0.0%")]).toEqual(["up", "down", "", ""]);
  });
});

describe("times", () => {
  it("of sessions are dates with three-letter months", () => expect([day("2026-09-25"), session("2026-11-20")]).toEqual(["25 Sep 2026", "Fri 20 Nov 2026"]));
  it("of instants are Sydney's clock, summer time included", () => {
    expect([moment("2026-11-20T06:42:00Z"), moment("2026-07-01T06:42:00Z")]).toEqual(["20 Nov 2026, 17:42 Sydney", "1 Jul 2026, 16:42 Sydney"]);
  });
  it("past are told in one unit", () => {
    const now = Date.parse("2026-11-20T06:42:00Z");
    expect(["2026-11-20T06:41:55Z", "2026-11-20T06:41:00Z", "2026-11-20T04:00:00Z", "2026-11-18T00:00:00Z"].map((t) => ago(t, now))).toEqual(["just now", "1 min ago", "2 h ago", "2 d ago"]);
  });
  it("between two instants are seconds or minutes", () => {
    expect([span("2026-11-20T06:00:00Z", "2026-11-20T06:00:41Z"), span("2026-11-20T06:00:00Z", "2026-11-20T06:02:05Z")]).toEqual(["41 s", "2 min 5 s"]);
  });
});

it("a factor's value is told in its own unit", () => {
  const told = [[0.31, "fraction"], [0.37, "fraction a year"], [835_000, "A$"], [1.51, "ratio"], [-0.4, "standard deviations"], [63.7, "0 to 100"], [null, "fraction"]] as const;
  expect(told.map(([value, unit]) => measured(value, unit))).toEqual(["31.0%", "37.0% a year", "A$835k", "1.51×", "−0.40 sd", "64", ""]);
});

it("models have the names people say", () => expect(["ensemble", "model_a", "momentum"].map(modelName)).toEqual(["Ensemble", "Model A", "Momentum"]));
