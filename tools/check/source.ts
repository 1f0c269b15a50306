import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Language } from './syntax'

/** A file that was read, with its path relative to the folder. */
export interface Source {
  /** The path, with `/` between its parts. */
  path: string
  /** The whole text. */
  text: string
}

/** A piece of code. Its lines count as in its file. */
export interface Script {
  /** The path of the file. */
  path: string
  /** The code, after as many empty lines as come before it in the file. */
  code: string
  /** The language that the file or its tag names. */
  language: Language
}

/** A tag that loads a script. */
export interface ScriptTag {
  /** The path of the file. */
  path: string
  /** The line in which the tag ends, from 1. */
  line: number
  /** The address of the script. */
  src: string
}

/** The content of a folder, as far as the check reads it. */
export interface FolderSources {
  /** The files that people wrote. */
  sources: readonly Source[]
  /** The paths of files that are minified. */
  skipped: readonly string[]
  /** The paths of files and folders that may not be read, such as the volume of a container. */
  closed: readonly string[]
}

/** Reads what a person wrote: no packages, no build, nothing minified. @throws where the folder itself can't be read */
export function readSources(folder: string): FolderSources {
  const closed: string[] = []
  function orClosed<Item>(path: string, read: () => Item[]): Item[] {
    try {
      return read()
    } catch {
      closed.push(path)
      return []
    }
  }
  const all = filesIn(folder, '', orClosed).flatMap((path) =>
    orClosed(path, () => [{ path, text: readFileSync(join(folder, path), 'utf8') }]),
  )
  return {
    sources: all.filter((source) => !isMinified(source)),
    skipped: all.filter(isMinified).map(({ path }) => path),
    closed,
  }
}

const LEFT_OUT = /^(?:node_modules|bower_components|dist|coverage|\..*)$/
/** Scripts, components, pages, and templates of pages. */
const READ =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|html?|ejs|hbs|handlebars|njk|liquid|php|erb|twig|cshtml|pug|jade|haml|coffee)$/i
/**
 * Files in which hosts are told the headers of pages: Netlify and Cloudflare, Netlify, Vercel, Firebase, Azure; then Apache, Caddy,
 * IIS, nginx.
 */
const OF_HOST =
  /(?:^|\/)(?:_headers|netlify\.toml|(?:vercel|firebase|staticwebapp\.config)\.json|\.htaccess|Caddyfile|web\.config|[\w.-]+\.conf)$/i

/** Tells the files in which a host is told the headers of pages. */
export function isOfHost(path: string): boolean {
  return OF_HOST.test(path)
}

function filesIn(
  folder: string,
  under: string,
  orClosed: (path: string, read: () => string[]) => string[],
): string[] {
  const entries = readdirSync(join(folder, under), { withFileTypes: true })
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = under === '' ? entry.name : `${under}/${entry.name}`
      if (entry.isDirectory())
        return LEFT_OUT.test(entry.name) ? [] : orClosed(path, () => filesIn(folder, path, orClosed))
      const isRead = READ.test(entry.name) || isOfHost(entry.name)
      return entry.isFile() && isRead && !/\.d\.[cm]?ts$/i.test(entry.name) ? [path] : []
    })
}

/** The scripts of this package that pages have a copy of. They are minified, with messages that have short lines. */
const OWN = /(?:^|\/)powerup-oauth(?:-callback|(?:-compat)?\.global)\.js$/

/** Nobody writes lines that have a thousand characters on average. */
function isMinified({ path, text }: Source): boolean {
  if (/[.-]min\.[cm]?js$/i.test(path) || OWN.test(path)) return true
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return isScript(path) && text.length > 1000 * lines.length
}

function isScript(path: string): boolean {
  return /\.[cm]?[jt]sx?$/i.test(path)
}

/** The code in a file: all of it, or what is between the script tags of a page or a component. */
export function scriptsIn({ path, text }: Source): readonly Script[] {
  if (isScript(path)) return [{ path, code: text, language: languageOf(path) }]
  return tagsIn(text).flatMap(({ attributes, code, at }) => {
    const type = attributeOf(attributes, 'type') ?? ''
    const isCode = /^$|module|javascript|babel|typescript/i.test(type) && code.trim() !== ''
    const before = text.slice(0, at).replace(/[^\n]/g, '')
    const language = languageOf(`.${attributeOf(attributes, 'lang') ?? 'js'}`)
    return isCode ? [{ path, code: before + code, language }] : []
  })
}

/** The tags of a page that load scripts. */
export function scriptTagsIn({ path, text }: Source): readonly ScriptTag[] {
  return tagsIn(isScript(path) ? '' : text).flatMap(({ attributes, at }) => {
    const src = attributeOf(attributes, 'src')
    return src === undefined ? [] : [{ path, line: text.slice(0, at).split('\n').length, src }]
  })
}

/** The text of a page or a component without its scripts, each line where it is in the file. Empty for scripts. */
export function markupOf({ path, text }: Source): string {
  if (isScript(path) || isOfHost(path)) return ''
  return tagsIn(text).reduce(
    (rest, { code, at }) => rest.slice(0, at) + code.replace(/[^\n]/g, ' ') + rest.slice(at + code.length),
    shown(text),
  )
}

/** As browsers do: a script ends at the first end tag, whatever is in it. What is commented out counts as blank. */
function tagsIn(text: string): readonly { attributes: string; code: string; at: number }[] {
  return [...shown(text).matchAll(/<script\b((?:"[^"]*"|'[^']*'|[^>"'])*)>([\s\S]*?)<\/script\s*>/gi)].map(
    ({ 0: whole, 1: attributes = '', 2: code = '', index }) => ({
      attributes,
      code,
      at: index + whole.indexOf('>', '<script'.length + attributes.length) + 1,
    }),
  )
}

/** Blanks the comments of a page. A comment mark inside a script is part of its code: a text, or the mark of old pages around it. */
function shown(text: string): string {
  const comments = /<script\b(?:"[^"]*"|'[^']*'|[^>"'])*>[\s\S]*?<\/script\s*>|<!--[\s\S]*?-->/gi
  return text.replace(comments, (found) => (found.startsWith('<!--') ? found.replace(/[^\n]/g, ' ') : found))
}

function attributeOf(attributes: string, name: string): string | undefined {
  const found = attributes.match(new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i'))
  return found?.slice(1).find((value) => value !== undefined)
}

function languageOf(path: string): Language {
  if (/\.[cm]?ts$/i.test(path)) return 'ts'
  return /\.tsx$/i.test(path) ? 'tsx' : 'js'
}
