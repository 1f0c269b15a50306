/**
 * Trello's colours, from Trello's stylesheet where a page has it. The page's `data-color-mode`, which Trello sets, chooses
 * light or dark; without it, the page's `color-scheme` does. Where these two differ, the prompt's text could not be read on
 * the page's background, so the prompt brings a background of its own. Safari before 17.5 and Chrome before 123 have no
 * `light-dark`: without Trello's stylesheet, text has the page's colour there, and a button an edge of that colour.
 */
export const STYLE = `
:host { display: block }
:host([hidden]), [hidden] { display: none !important }
.light { color-scheme: light }
.dark { color-scheme: dark }
[part=prompt] {
  padding: 4px;
  color: var(--ds-text, light-dark(#172b4d, #c7d1db));
  font: 14px/20px var(--ds-font-family-body, "Segoe UI", system-ui, sans-serif);
  overflow-wrap: anywhere;
}
.apart { padding: 12px; border-radius: 4px; background: var(--ds-surface, light-dark(#fff, #22272b)) }
p { margin: 0 0 4px; text-wrap: pretty }
[part=title] { font-weight: 600; font-size: 16px; text-wrap: balance }
[part=text] { margin: 0 0 12px; color: var(--ds-text-subtle, light-dark(#44546f, #9fadbc)) }
button {
  box-sizing: border-box;
  width: 100%;
  max-width: 320px;
  padding: 5px 11px;
  border: 1px solid #0000;
  border-radius: 4px;
  background: var(--ds-background-brand-bold, light-dark(#0c66e4, #579dff));
  color: var(--ds-text-inverse, light-dark(#fff, #1d2125));
  font: inherit;
  font-weight: 500;
  cursor: pointer;
  transition: background .1s;
}
button:hover { background: var(--ds-background-brand-bold-hovered, light-dark(#05c, #85b8ff)) }
button:focus-visible { outline: 2px solid var(--ds-border-focused, light-dark(#388bff, #85b8ff)); outline-offset: 2px }
[part~=cancel] { background: var(--ds-background-neutral, light-dark(#091e420f, #a1bdd914)); color: inherit }
[part~=cancel]:hover { background: var(--ds-background-neutral-hovered, light-dark(#091e4224, #a6c5e229)) }
@media (prefers-reduced-motion: reduce) { button { transition: none } }
@supports not (color: light-dark(#000, #000)) {
  button { border-color: currentcolor }
  button:focus-visible { outline: 2px solid }
}
`
