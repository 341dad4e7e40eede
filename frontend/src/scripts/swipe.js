// Under a thumb: right is done, left is later, up (at the foot of the card) is the next. Each is also a button.
const FAR = 72;

function presses(card, dx, dy, atFoot) {
  if (Math.abs(dx) > FAR && Math.abs(dx) > 2 * Math.abs(dy)) return card.querySelector(dx > 0 ? "[data-swipe-right]" : "[data-swipe-left]");
  if (atFoot && dy < -FAR && Math.abs(dy) > 2 * Math.abs(dx)) return card.querySelector("[data-swipe-up]");
  return null;
}

export function startSwipe() {
  let from = null;
  document.addEventListener(
    "touchstart",
    (event) => {
      const card = event.target.closest("[data-swipe]");
      const touch = event.touches[0];
      const atFoot = window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 4;
      from = card && event.touches.length === 1 ? { card, x: touch.clientX, y: touch.clientY, atFoot } : null;
    },
    { passive: true },
  );
  document.addEventListener(
    "touchend",
    (event) => {
      if (!from) return;
      const touch = event.changedTouches[0];
      const button = presses(from.card, touch.clientX - from.x, touch.clientY - from.y, from.atFoot);
      from = null;
      button?.click();
    },
    { passive: true },
  );
}
