type ThemeListener = (theme: Record<string, string>) => void
const listeners = new Set<ThemeListener>()

/** Marks the page with the theme of the board, as Trello's design tokens want it. */
export function applyTheme(context: Trello.PowerUp.Context): void {
  const { theme } = context
  if (theme === undefined) return
  document.documentElement.dataset.colorMode = theme
  document.documentElement.dataset[theme === 'dark' ? 'darkTheme' : 'lightTheme'] = theme
  for (const listener of listeners) listener({ colorMode: theme })
}

export function subscribeToThemeChanges(listener: ThemeListener): () => void {
  listeners.add(listener)
  listener({ colorMode: document.documentElement.dataset.colorMode ?? 'light' })
  return () => listeners.delete(listener)
}

/** `color.text.subtle` as `var(--ds-text-subtle, fallback)`. */
export function getColorToken(path: string, fallback?: string): string {
  return fallback === undefined ? `var(${variableOf(path)})` : `var(${variableOf(path)}, ${fallback})`
}

export function getComputedColorToken(path: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variableOf(path)).trim()
}

function variableOf(path: string): string {
  return `--ds-${path.replace(/^(?:color|elevation)\./, '').replaceAll('.', '-')}`
}
