/** The pages of the application, in the order of the menu. */
import type { IconName } from "../ui/Icon.svelte";

export interface Page {
  words: string;
  path: string;
  key: string;
  icon: IconName;
}

export const PAGES: readonly Page[] = [
  { words: "Today", path: "/", key: "t", icon: "today" },
  { words: "Models", path: "/models", key: "m", icon: "models" },
  { words: "Activity", path: "/activity", key: "a", icon: "activity" },
];
