import { tsPlugin } from '@sveltejs/acorn-typescript'
import { type Options, Parser } from 'acorn'

/** A node of the syntax tree. Its members depend on its type, and are read with `child` and `children`. */
export interface Node {
  /** The name of its kind, as ESTree has it. */
  type: string
  /** The offset of its first character. */
  start: number
  /** The offset behind its last character. */
  end: number
  /** Its place, with lines from 1. */
  loc: { start: { line: number } }
}

/** A way to parse. `js` knows JSX too. */
export type Language = 'js' | 'ts' | 'tsx'

/** Makes the tree of a module, or of a classic script where it is no module. @throws SyntaxError */
export function parse(code: string, language: Language): Node {
  const parser = language === 'ts' ? parsers.ts : parsers.tsx
  const options: Options = {
    ecmaVersion: 'latest',
    locations: true,
    allowHashBang: true,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
  }
  try {
    return rootOf(parser.parse(code, { ...options, sourceType: 'module' }))
  } catch (error) {
    if (language !== 'js') throw error
    return rootOf(Parser.parse(code, { ...options, sourceType: 'script' }))
  }
}

/** JSX makes another thing of `<T>value` and of `<T>() => …`, so plain TypeScript has its own. */
const parsers = {
  ts: Parser.extend(tsPlugin()),
  tsx: Parser.extend(tsPlugin({ jsx: true }), withGenericArrows),
}

/** TypeScript takes `<T extends U>(…) => …` beside JSX. The plugin asks for a comma that only `<T>` needs. */
function withGenericArrows(Base: typeof Parser): typeof Parser {
  return class extends Base {
    reportReservedArrowTypeParam(): void {
      // Nothing to report.
    }
  }
}

function rootOf(root: unknown): Node {
  if (isNode(root)) return root
  throw new TypeError('The parser made no tree.')
}

/** Tells a node from the other values in a tree. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'loc' in value
}

/** Reads a member that is a node. */
export function child(node: Node | undefined, name: string): Node | undefined {
  const value = member(node, name)
  return isNode(value) ? value : undefined
}

/** Reads a member that is a list of nodes. */
export function children(node: Node | undefined, name: string): readonly Node[] {
  const value = member(node, name)
  return Array.isArray(value) ? value.filter(isNode) : []
}

/** Reads a member, whatever it is. */
export function member(node: Node | undefined, name: string): unknown {
  return node && Object.getOwnPropertyDescriptor(node, name)?.value
}

/** The levels of a tree that the stack has room for. People write less than a hundred. */
const DEPTH_MAX = 2_000

/**
 * Calls `see` for each node, outer ones first.
 * @param see gets the nodes around, the innermost first
 * @throws RangeError for a tree that is too deep, such as that of a text of thousands of parts
 */
export function walk(
  node: Node,
  see: (node: Node, around: readonly Node[]) => void,
  around: readonly Node[] = [],
): void {
  if (around.length > DEPTH_MAX) throw new RangeError('The code is nested too deep.')
  see(node, around)
  const inner = [node, ...around]
  for (const value of Object.values(node)) {
    for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) walk(each, see, inner)
  }
}

/** Tells functions, arrows included, from the types of functions. */
export function isFunction(node: Node | undefined): boolean {
  return node !== undefined && /Function/.test(node.type) && !node.type.startsWith('TS')
}
