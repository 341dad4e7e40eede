// How htmx may speak to the server, and what it says when the server does not answer.
export function startRequests(htmx) {
  Object.assign(htmx.config, {
    selfRequestsOnly: true,
    allowEval: false,
    allowScriptTags: false,
    historyCacheSize: 0,
    refreshOnHistoryMiss: true,
    includeIndicatorStyles: false,
    scrollIntoViewOnBoost: false,
    // What came in hears at once; nothing of ours moves while a page settles.
    defaultSettleDelay: 0,
    // A refused or invalid form (422) comes back as the form itself, with its sentences.
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "422", swap: true },
      { code: "[45]..", swap: false, error: true },
    ],
  });

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });

  // A part that fetches itself anew on what it hears begins at once again when it hears more: what
  // waited behind the first answer would be lost with the part that this answer takes the place of.
  document.addEventListener("htmx:confirm", ({ detail: { elt } }) => {
    if (elt.getAttribute("hx-trigger")?.includes("from:body")) htmx.trigger(elt, "htmx:abort");
  });
}
