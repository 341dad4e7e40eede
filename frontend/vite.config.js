import tailwindcss from "@tailwindcss/vite";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// Tailwind finds class names by reading the templates, which lie outside this folder: src/main.css says
// `@import "tailwindcss" source(none);` and `@source "../../regulars/**/templates/**/*.html";`.
// Only literal names are seen, so none is ever put together from pieces, and none lives in Python.
export default defineConfig({
  root: here("."),
  // django-vite puts STATIC_URL and its own prefix in front.
  base: "./",
  publicDir: false,
  plugins: [tailwindcss()],
  build: {
    outDir: here("../regulars/core/static/dist"),
    // The folder lies outside the root, so Vite asks to be told.
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    target: "es2022",
    rolldownOptions: {
      input: { main: here("src/main.js"), style: here("src/main.css"), portal: here("src/portal.css"), offline: here("src/offline.js") },
    },
  },
});
