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
}
