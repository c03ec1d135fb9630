/** A signal run started from this tab, followed until it ends. */
import { ApiProblem, api, type Job } from "./api";
import { market } from "./market.svelte";

const POLL_MS = 700;
/** A failed attempt is followed by another; only these two are the end. */
const ENDED = new Set(["done", "dead"]);

class Run {
  job = $state.raw<Job | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  busy = $state(false);

  async start(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    this.job = null;
    try {
      const { job_id } = await api.run();
      await this.#follow(job_id);
      market.refreshAll();
    } catch (cause) {
      this.problem = cause instanceof ApiProblem ? cause : new ApiProblem(0, "The run could not be followed", String(cause));
    }
    this.busy = false;
  }

  async #follow(id: number): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      this.job = await api.job(id);
    } while (!ENDED.has(this.job.state));
    if (this.job.state !== "done") throw new ApiProblem(0, "The run failed", this.job.error ?? "");
  }
}

export const run = new Run();
