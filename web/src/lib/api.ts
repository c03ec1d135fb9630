/** The HTTP API, typed from its OpenAPI document; every failure is an `ApiProblem` that can be shown as it is. */
import createClient from "openapi-fetch";
import type { paths } from "./schema";

/** An RFC 9457 problem, or a network failure dressed as one (status 0). */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(detail || title);
  }
}

const client = createClient<paths>({ baseUrl: location.origin, fetch: (request) => fetch(request) });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** A problem's title is the name of its kind: `NoSignals` is shown as "No signals". */
const words = (title: string): string => title.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

async function unwrap<T>(asked: Promise<Answer<T>>): Promise<T> {
  const answer = await asked.catch((cause: unknown) => {
    throw new ApiProblem(0, "The server does not answer", String(cause instanceof Error ? cause.message : cause));
  });
  if (answer.data !== undefined) return answer.data;
  const body = (typeof answer.error === "object" && answer.error ? answer.error : {}) as { title?: string; detail?: unknown };
  const detail = typeof body.detail === "string" ? body.detail : "";
  throw new ApiProblem(answer.response.status, body.title ? words(body.title) : `The server answered ${answer.response.status}`, detail);
}

export const api = {
  liveSignals: (model: string, limit = 5000) => unwrap(client.GET("/api/v1/signals/live", { params: { query: { model, limit } } })),
  symbolSignals: (symbol: string) => unwrap(client.GET("/api/v1/signals/{symbol}", { params: { path: { symbol } } })),
  history: (symbol: string, model: string, limit = 400) =>
    unwrap(client.GET("/api/v1/signals/{symbol}/history", { params: { path: { symbol }, query: { model, limit } } })),
  explanation: (symbol: string, model: string) =>
    unwrap(client.GET("/api/v1/signals/{symbol}/explanation", { params: { path: { symbol }, query: { model } } })),
  compare: () => unwrap(client.GET("/api/v1/signals/compare", { params: { query: { limit: 5000 } } })),
  models: () => unwrap(client.GET("/api/v1/models", {})),
  prices: (symbol: string, adjusted: boolean) =>
    unwrap(client.GET("/api/v1/prices/{symbol}", { params: { path: { symbol }, query: { adjusted } } })),
  securities: (query: string, limit = 8) => unwrap(client.GET("/api/v1/securities", { params: { query: { query, limit } } })),
  jobs: () => unwrap(client.GET("/api/v1/jobs", {})),
  job: (id: number) => unwrap(client.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } })),
  events: (limit = 60) => unwrap(client.GET("/api/v1/events", { params: { query: { limit } } })),
  run: () => unwrap(client.POST("/api/v1/signals/runs", { body: {} })),
};

type Answered<Name extends keyof typeof api> = Awaited<ReturnType<(typeof api)[Name]>>;
export type LiveSignals = Answered<"liveSignals">;
export type Signal = LiveSignals["signals"][number];
export type HistoryItem = Answered<"history">["items"][number];
export type Explanation = Answered<"explanation">;
export type Reason = Explanation["reasons"][number];
export type Models = Answered<"models">;
export type Model = Models["models"][number];
export type Comparison = Answered<"compare">;
export type Prices = Answered<"prices">;
export type Security = Answered<"securities">["items"][number];
export type Job = Answered<"jobs">["items"][number];
export type AppEvent = Answered<"events">["items"][number];
