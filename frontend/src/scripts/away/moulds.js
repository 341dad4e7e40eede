// The parts of the kept page are cut out of its own templates, so that their words are translated with it.
// These are put in with the space around them.
const FORMS = new Set(["outcome", "later", "not-now"]);

export function mould(name) {
  const content = document.querySelector(`[data-mould="${name}"]`).content.cloneNode(true);
  return content.childElementCount === 1 && !FORMS.has(name) ? content.firstElementChild : content;
}

const copyOf = (attribute, name) => document.querySelector(`[${attribute}="${name}"]`)?.content.cloneNode(true);
export const tierOf = (name) => copyOf("data-tier-mould", name);
export const iconOf = (name) => copyOf("data-channel-mould", name);

// Texts are put in as text: a customer may be called `<b>`.
export function fill(part, values) {
  for (const [name, value] of Object.entries(values)) {
    const place = part.querySelector(`[data-${name}]`);
    if (!place) continue;
    if (value instanceof Node) place.replaceChildren(value);
    else place.textContent = value ?? "";
    place.hidden = !value;
  }
}
