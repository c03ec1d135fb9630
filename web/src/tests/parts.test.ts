import { render, screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { ApiProblem, type Explanation } from "../lib/api";
import { Keys } from "../lib/keys.svelte";
import { Resource } from "../lib/resource.svelte";
import Problem from "../ui/Problem.svelte";
import Value from "../ui/Value.svelte";
import Waterfall from "../ui/Waterfall.svelte";

describe("an amount", () => {
  it("that is missing is an en dash with its reason", () => {
    render(Value, { value: null, kind: "price", missing: "No price on record" });
    expect(screen.getByTitle("No price on record").textContent).toBe("–No price on record");
  });
  it("that is known is written in its kind", () => {
    render(Value, { value: -0.0213, kind: "change", digits: 2, toned: true });
    expect(screen.getByText("−2.13%").classList.contains("down")).toBe(true);
  });
});

it("the waterfall names every reason in words, the weightiest first, from base to score", () => {
  const explanation: Explanation = {
    symbol: "BHP.AX", model: "model_a", as_of: "2026-11-20", base: -0.02, score: 0.13, unit: "log-odds",
    reasons: [
      { factor: "rsi_14", words: "Relative strength index", value: 63.7, unit: "0 to 100", contribution: -0.05 },
      { factor: "momentum_12_1", words: "12-month momentum", value: 0.31, unit: "fraction", contribution: 0.2 },
    ],
  };
  render(Waterfall, { explanation });
  const text = screen.getAllByRole("listitem").map((item) => item.textContent!.replace(/\s+/g, " ").trim());
  expect(text).toEqual(["Average share−0.020", "12-month momentum 31.0%+0.200", "Relative strength index 64−0.050", "This share, log-odds+0.130"]);
});

it("a problem shows its title and detail and can be tried again", async () => {
  const retry = vi.fn();
  render(Problem, { problem: new ApiProblem(503, "Unavailable", "The database does not answer"), retry });
  expect(screen.getByRole("alert").textContent).toContain("The database does not answer");
  screen.getByRole("button", { name: "Try again" }).click();
  expect(retry).toHaveBeenCalledOnce();
});

describe("a resource", () => {
  it("keeps the old value until the new one is there, and beside a failure", async () => {
    const answers = [async () => 1, async () => Promise.reject(new ApiProblem(500, "InternalError", "")), async () => 2];
    const resource = new Resource(() => answers.shift()!());
    await resource.load();
    await resource.load();
    expect([resource.data, resource.problem?.status]).toEqual([1, 500]);
    await resource.load();
    expect([resource.data, resource.problem]).toEqual([2, null]);
  });
  it("drops an answer that a later question overtook", async () => {
    let answerFirst = (_: number) => {};
    const first = new Promise<number>((resolve) => (answerFirst = resolve));
    const answers = [() => first, async () => 2];
    const resource = new Resource(() => answers.shift()!());
    const slow = resource.load();
    await resource.load();
    answerFirst(1);
    await slow;
    expect(resource.data).toBe(2);
  });
});

describe("keys", () => {
  const press = (keys: Keys, key: string, jumps = {}, target: Element = document.body) => {
    const event = new KeyboardEvent("keydown", { key });
    Object.defineProperty(event, "target", { value: target });
    keys.press(event, jumps);
  };
  it("jump after g, and only then", () => {
    const [keys, go] = [new Keys(), vi.fn()];
    press(keys, "m", { m: go });
    expect(go).not.toHaveBeenCalled();
    press(keys, "g", { m: go });
    press(keys, "m", { m: go });
    expect(go).toHaveBeenCalledOnce();
  });
  it("do nothing while the reader types, and end with the page that bound them", () => {
    const [keys, act] = [new Keys(), vi.fn()];
    const release = keys.bind({ j: act });
    press(keys, "j", {}, document.createElement("input"));
    expect(act).not.toHaveBeenCalled();
    press(keys, "j");
    release();
    press(keys, "j");
    expect(act).toHaveBeenCalledOnce();
  });
});
