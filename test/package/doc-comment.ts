import ts from 'typescript'

/** A doc comment, taken apart. */
export interface DocComment {
  /** Its paragraphs, each in one line. Code between fences stays as it is. */
  text: string
  /** The texts of its tags, by their names: `throws`, `see`, `param`, `returns`, `default`, `example`. */
  tags: Record<string, readonly string[]>
}

/** Reads the doc comment right before a declaration, a member, a type in a union or an element of an array. */
export function docCommentOf(node: ts.Node): DocComment | undefined {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node
  return docCommentIn(holder.getSourceFile(), beginOf(holder), holder.getStart())
}

/** Reads the doc comment at the top of a file. */
export function docCommentOfFile(file: ts.SourceFile): DocComment | undefined {
  const [first] = file.statements
  return first && docCommentIn(file, 0, first.getStart())
}

/** The bar of a union belongs to the type after it, and so does the comment before the bar. */
function beginOf(node: ts.Node): number {
  if (!ts.isUnionTypeNode(node.parent)) return node.getFullStart()
  const before = node.parent.types[node.parent.types.indexOf(node as ts.TypeNode) - 1]
  return before?.getEnd() ?? node.parent.getFullStart()
}

function docCommentIn(file: ts.SourceFile, begin: number, end: number): DocComment | undefined {
  const comment = [...file.text.slice(begin, end).matchAll(/\/\*\*([\s\S]*?)\*\//g)].at(-1)?.[1]
  return comment === undefined ? undefined : parse(comment)
}

function parse(comment: string): DocComment {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
  const [text = '', ...rest] = lines.join('\n').split(TAG)
  const tags: Record<string, string[]> = {}
  // `split` gives the name that the pattern caught, then what follows it.
  for (let at = 0; at < rest.length; at += 2) {
    const name = rest[at] ?? ''
    tags[name] = [
      ...(tags[name] ?? []),
      name === 'example' ? (rest[at + 1] ?? '').trim() : joined(rest[at + 1]),
    ]
  }
  return { text: joined(text), tags }
}

const TAG = /(?:^|\s)@(throws|see|param|returns|default|example)\b/

/** A paragraph a line. */
function joined(text = ''): string {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => (/^(```|- )/m.test(paragraph) ? paragraph : paragraph.replace(/\s*\n\s*/g, ' ')))
    .join('\n\n')
    .replace(/\{@link (\w+)\}/g, '`$1`')
}
