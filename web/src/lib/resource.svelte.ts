/** One piece of server data: the old value stays until the new one is there, the error is kept beside it. */
import { ApiProblem } from "./api";

export class Resource<T> {
  data = $state.raw<T | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  loading = $state(false);
  #asked = 0;

  constructor(private readonly fetcher: () => Promise<T>) {}

  /** Ask again; an answer that a later question overtook is dropped. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    this.loading = true;
    const [data, problem] = await this.fetcher().then(
      (value) => [value, null] as const,
      (cause: unknown) => [null, cause instanceof ApiProblem ? cause : new ApiProblem(0, "Something went wrong here", String(cause))] as const,
    );
    if (asked !== this.#asked) return;
    if (data !== null) this.data = data;
    this.problem = problem;
    this.loading = false;
  }

  /** Drop what is shown: the question changed, not only the answer. */
  clear(): void {
    this.#asked++;
    this.data = null;
    this.problem = null;
  }
}
