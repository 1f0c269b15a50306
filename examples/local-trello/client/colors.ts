/** Trello's named colours, as far as the shade that Power-Ups get without naming one. */
const colors: Record<string, string> = {
  blue: '#0079bf',
  green: '#61bd4f',
  orange: '#ff9f1a',
  red: '#eb5a46',
  yellow: '#f2d600',
  purple: '#c377e0',
  pink: '#ff78cb',
  sky: '#00c2e0',
  lime: '#51e898',
  gray: '#838c91',
  black: '#344563',
  'business-blue': '#0c3953',
  shades: '#172b4d',
  neutrals: '#dfe1e6',
}

/** The colour of a name, lightened or darkened by its weight (500 is the colour itself). */
export function getHexString(name: string, weight = 500): string {
  const color = colors[name]
  if (color === undefined) throw new Error(`Unknown color: ${name}`)
  const share = Math.min(Math.abs(weight - 500) / 500, 0.9)
  const target = weight < 500 ? 255 : 0
  const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
  const mixed = parts.map((part) => Math.round(part + (target - part) * share))
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

/** `#rrggbb` as it is; `blue` and `blue#300` by their name. */
export function namedColorStringToHex(name: string): string {
  if (name.startsWith('#')) return name
  const [color = '', weight] = name.split('#')
  return getHexString(color, weight === undefined ? 500 : Number(weight))
}
