/** A signal run started from this tab, followed until it ends. */
import { ApiProblem, api, type Job } from "./api";

const POLL_MS = 700;
const ENDED = new Set(["done", "failed", "dead"]);

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
    } catch (cause) {
      this.problem = cause instanceof ApiProblem ? cause : new ApiProblem(0, "The run could not be followed", String(cause));
    }
    this.busy = false;
  }

  async #follow(id: string): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      this.job = (await api.jobs()).items.find((job) => job.id === id) ?? this.job;
    } while (!this.job || !ENDED.has(this.job.state));
    if (this.job.state !== "done") throw new ApiProblem(0, "The run failed", this.job.error ?? "");
  }
}

export const run = new Run();
