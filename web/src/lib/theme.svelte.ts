/** Light or dark: the reader's choice, else the system's. */
class Theme {
  dark = $state(document.documentElement.dataset.theme === "dark");

  constructor() {
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
      if (!localStorage.getItem("theme")) this.#apply(event.matches);
    });
  }

  toggle(): void {
    this.#apply(!this.dark);
    localStorage.setItem("theme", this.dark ? "dark" : "light");
  }

  #apply(dark: boolean): void {
    this.dark = dark;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }
}

export const theme = new Theme();
