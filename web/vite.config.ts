import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const API = process.env.ASXOS_API ?? "http://127.0.0.1:8788";
const OUT = "../asxos/ui/dist";

/** Writes a .br and a .gz twin of every text file, so that the server never compresses. */
function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    closeBundle() {
      const names = readdirSync(OUT, { recursive: true, encoding: "utf8" });
      for (const name of names.filter((n) => /\.(js|css|html|svg)$/.test(n))) {
        const body = readFileSync(join(OUT, name));
        writeFileSync(join(OUT, `${name}.br`), brotliCompressSync(body));
        writeFileSync(join(OUT, `${name}.gz`), gzipSync(body, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [svelte(), precompress()],
  resolve: process.env.VITEST ? { conditions: ["browser"] } : undefined,
  build: { outDir: OUT, emptyOutDir: true, target: "es2022", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  server: { proxy: { "/api": API, "/health": API, "/ready": API } },
  test: { environment: "jsdom", include: ["src/**/*.test.ts"], setupFiles: ["src/tests/setup.ts"], pool: "vmThreads" },
});
