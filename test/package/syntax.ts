import { readdirSync, readFileSync } from 'node:fs'
import { type Node, parse } from 'acorn'

/** Both put their global where it can be found from inside of a bundler's function. */
export function areScriptsOld(): boolean {
  return ['PowerUpOAuth', 'PowerUpOAuthCompat'].every((name) => {
    const file = name === 'PowerUpOAuth' ? 'powerup-oauth.global.js' : 'powerup-oauth-compat.global.js'
    return isParsed(file, 2019) && readFileSync(`dist/${file}`, 'utf8').includes(`globalThis.${name}=${name}`)
  })
}

/** What reads no `exports` takes CommonJS, and webpack 4 is the oldest of these tools. */
export function isCommonJsOld(): boolean {
  const files = readdirSync('dist').filter(
    (file) => file.endsWith('.cjs') && !/^(?:token-proxy|server)/.test(file),
  )
  return files.length > 0 && files.every((file) => isParsed(file, 2019))
}

/** Safari 16.0 parses ES2022 but for two of its forms: static blocks, and looking behind in a regular expression. */
export function areModulesForOldBrowsers(): boolean {
  const files = readdirSync('dist').filter((file) => file.endsWith('.js') && file !== 'command-line.js')
  return files.length > 0 && files.every((file) => isParsed(file, 2022) && !hasNewForms(file))
}

function isParsed(file: string, ecmaVersion: 2019 | 2022): boolean {
  try {
    parseFile(file, ecmaVersion)
    return true
  } catch (error) {
    process.stdout.write(`${file} is newer than ES${ecmaVersion}: ${error}\n`)
    return false
  }
}

function hasNewForms(file: string): boolean {
  const found = nodesIn(parseFile(file, 2022)).filter(
    (node) =>
      node.type === 'StaticBlock' || ('regex' in node && /\(\?<[=!]/.test(JSON.stringify(node.regex))),
  )
  for (const { type, start } of found) process.stdout.write(`${file} has a ${type} at ${start}\n`)
  return found.length > 0
}

function parseFile(file: string, ecmaVersion: 2019 | 2022): Node {
  const sourceType = file.endsWith('.js') && !/global|-callback\.js/.test(file) ? 'module' : 'script'
  return parse(readFileSync(`dist/${file}`, 'utf8'), { ecmaVersion, sourceType })
}

function nodesIn(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(nodesIn)
  return isNode(value) ? [value, ...inner] : inner
}

function isNode(value: object): value is Node {
  return 'type' in value && typeof value.type === 'string' && 'start' in value
}
