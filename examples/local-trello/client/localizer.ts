import { TrelloPromise } from './promise'

export interface Localizer {
  resourceDictionary: Record<string, string>
  localize(key: string, args?: Record<string, string> | readonly string[]): string
}

export interface LocalizerOptions {
  localizer?: Localizer
  loadLocalizer?(): Promise<Localizer>
  localization?: { defaultLocale: string; supportedLocales: string[]; resourceUrl: string }
}

const holder: { localizer?: Localizer } = Object(window)

/** Loads the texts for a locale and keeps them in `window.localizer`, where Trello's script keeps them, too. */
export function initLocalizer(locale: string, options: LocalizerOptions): Promise<void> {
  const keep = (localizer: Localizer) => {
    holder.localizer = localizer
  }
  if (options.localizer !== undefined) return TrelloPromise.resolve(keep(options.localizer))
  if (options.loadLocalizer !== undefined) return TrelloPromise.resolve(options.loadLocalizer()).then(keep)
  if (options.localization === undefined) return TrelloPromise.resolve()
  const { defaultLocale, supportedLocales, resourceUrl } = options.localization
  const best = bestOf([locale, ...parentsOf(locale), defaultLocale], supportedLocales) ?? defaultLocale
  return TrelloPromise.resolve(loadTexts(resourceUrl.replace('{locale}', best))).then(keep)
}

/** The text of a key, with `{name}` replaced. Throws where there is no such text. */
export function localizeKey(key: string, args?: Record<string, string>): string {
  if (holder.localizer === undefined)
    throw new Error('Localizer is not available: set `localization` in the options.')
  return holder.localizer.localize(key, args ?? {})
}

export function localizeKeys(
  keys: readonly (string | readonly [string, Record<string, string>])[],
): string[] {
  return keys.map((key) => (typeof key === 'string' ? localizeKey(key) : localizeKey(key[0], key[1])))
}

/** Fills the elements that are marked with `data-i18n-id`, `data-i18n-args` and `data-i18n-attrs`. */
export function localizeNode(node: Element): void {
  for (const element of node.querySelectorAll<HTMLElement>('[data-i18n-id],[data-i18n-attrs]')) {
    const { i18nId, i18nArgs, i18nAttrs } = element.dataset
    const args = i18nArgs === undefined ? {} : JSON.parse(i18nArgs)
    if (i18nId !== undefined) element.textContent = localizeKey(i18nId, args)
    for (const [name, key] of Object.entries<string>(i18nAttrs === undefined ? {} : JSON.parse(i18nAttrs))) {
      element.setAttribute(name, localizeKey(key, args))
    }
  }
}

async function loadTexts(url: string): Promise<Localizer> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`The texts at ${url} answer with ${response.status}.`)
  const resourceDictionary: Record<string, string> = await response.json()
  return {
    resourceDictionary,
    localize(key, args = {}) {
      const text = resourceDictionary[key]
      if (text === undefined) throw new Error(`The texts have no "${key}".`)
      return text.replace(/\{(\w+)\}/g, (whole, name) => String(Object(args)[name] ?? whole))
    },
  }
}

function parentsOf(locale: string): string[] {
  return [locale.replace('-', '_'), locale.split(/[-_]/)[0] ?? locale]
}

function bestOf(wanted: readonly string[], supported: readonly string[]): string | undefined {
  return wanted.find((locale) => supported.includes(locale))
}
