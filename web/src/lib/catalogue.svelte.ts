/** The models that can be looked at, asked for once. */
import { api, type Models } from "./api";
import { Resource } from "./resource.svelte";

class Catalogue extends Resource<Models> {
  /** The ensemble first, then every enabled model. */
  get ids(): string[] {
    return this.data ? ["ensemble", ...this.data.models.filter((model) => model.enabled).map((model) => model.model_id)] : [];
  }

  /** Load unless it is there or on its way. */
  want(): void {
    if (!this.data && !this.loading) void this.load();
  }
}

export const catalogue = new Catalogue(() => api.models());
