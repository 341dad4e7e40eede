import Alpine from "@alpinejs/csp";
import focus from "@alpinejs/focus";

Alpine.plugin(focus);

// <div x-data="disclosure"> <button @click="turn" :aria-expanded="open"> … <div x-show="open" x-trap="open">
Alpine.data("disclosure", () => ({
  open: false,
  turn() {
    this.open = !this.open;
  },
  shut() {
    this.open = false;
  },
}));

Alpine.start();
