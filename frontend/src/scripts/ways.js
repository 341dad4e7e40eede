// A telephone has a map of its own, which needs neither a browser nor a connection.
const OWN_MAPS = [
  [/Android/, (place) => `geo:0,0?q=${place}`],
  [/iPhone|iPad/, (place) => `maps:?q=${place}`],
];

export function askOwnMap(link) {
  const found = OWN_MAPS.find(([device]) => device.test(navigator.userAgent));
  if (link.dataset.place && found) link.href = found[1](encodeURIComponent(link.dataset.place));
}

export function startWays() {
  const begin = (root) => root.querySelectorAll?.("a[data-place]").forEach(askOwnMap);
  begin(document);
  document.addEventListener("htmx:afterSettle", (event) => begin(event.target));
}
