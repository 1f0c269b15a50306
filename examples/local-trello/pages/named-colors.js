// The names that Power-Ups give to colours.

const colors = {
  blue: '#0079bf',
  green: '#61bd4f',
  orange: '#ff9f1a',
  red: '#eb5a46',
  yellow: '#f2d600',
  purple: '#c377e0',
  pink: '#ff78cb',
  sky: '#00c2e0',
  lime: '#51e898',
  black: '#344563',
  gray: '#838c91',
  'light-gray': '#dfe1e6',
}

/** A name, or a colour as it is. */
export function colorOf(name) {
  return colors[name] ?? name
}
