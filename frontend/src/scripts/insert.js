// data-insert: what a button puts into the text, where the caret last was.
let last = null;

function place(field, mark) {
  const start = field.selectionStart ?? field.value.length;
  const isBlock = /^\{\{ (greeting|signature|know|not_know|doing|next_update|end_box) \}\}$/.test(mark);
  const before = isBlock && start > 0 && field.value[start - 1] !== "\n" ? "\n" : "";
  field.focus();
  field.setRangeText(before + mark + (isBlock ? "\n" : ""), start, field.selectionEnd ?? start, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function startInsert() {
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("#text :is(textarea, input[name='subject'], input[name='preheader'])")) last = event.target;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    const field = last?.isConnected ? last : document.querySelector("#text [name='body']");
    if (button && field) place(field, button.dataset.insert);
  });
}
