import ts from 'typescript'
import { docCommentOf } from './package/doc-comment'

/** Words that are said in plainer ones, and what to say. */
const plainer: readonly (readonly [RegExp, string])[] = [
  [/\banew\b/i, 'again'],
  [/(?<!\bthere )\b(?:is|are|was|were|be) none\b(?! of\b)/i, 'is not one'],
  [/\bin the place of\b/i, 'instead of'],
  [/\bto be had\b/i, 'available'],
  [/(?<!\b(?:left|leave|leaves|leaving) (?:\w+ ){0,3})\balone\b/i, 'only'],
  [/\bfor want of\b/i, 'without'],
  [/\bwhosever\b/i, 'any'],
  [/\bof no use\b/i, 'useless'],
  [/\bnought\b/i, 'nothing'],
]

/** The words of a text that a plainer one would do for, each with that one. */
export function plainerWordsFor(text: string): readonly string[] {
  const oneLine = text.replace(/\s*\n[\s*/]*/g, ' ')
  return plainer.flatMap(([pattern, instead]) => {
    const found = oneLine.match(pattern)?.[0]
    return found === undefined ? [] : [`"${found}" (${instead})`]
  })
}

/** What is wrong with the comments of a source file, each with its line. */
export function commentProblemsIn(name: string, text: string): readonly string[] {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)
  return commentsIn(file).flatMap(({ pos, end }) => {
    const comment = text.slice(pos, end)
    const at = `${name}:${file.getLineAndCharacterOfPosition(pos).line + 1}`
    const [, question] = comment.match(/^\/\*\*[\s*]*(What|Whether|Where|How)\b/) ?? []
    return [
      ...(question ? [`${at} begins with ${question}`] : []),
      ...plainerWordsFor(comment).map((word) => `${at} says ${word}`),
    ]
  })
}

/** The exported declarations and their members that have no doc comment, each with its line. */
export function undocumentedIn(name: string, text: string): { count: number; missing: readonly string[] } {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)
  const all = file.statements.filter(isExported).flatMap(documentable)
  const missing = all
    .filter(({ node }) => !docCommentOf(node)?.text)
    .map(
      ({ node, path }) => `${name}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${path}`,
    )
  return { count: all.length, missing }
}

interface Documentable {
  node: ts.Node
  path: string
}

function documentable(statement: ts.Statement): readonly Documentable[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((node) => ({ node, path: node.name.getText() }))
  }
  if (ts.isFunctionDeclaration(statement)) return overloads(statement)
  if (ts.isInterfaceDeclaration(statement)) {
    return [itself(statement), ...membersOf(statement.members, statement.name.text)]
  }
  if (ts.isClassDeclaration(statement)) {
    const shown = statement.members.filter(isPublic)
    return [itself(statement), ...membersOf(shown, statement.name?.text ?? '')]
  }
  if (ts.isTypeAliasDeclaration(statement)) {
    return [itself(statement), ...shapesIn(statement.type, statement.name.text)]
  }
  return []
}

/** Of a function with overloads the implementation is seen by nobody. */
function overloads(node: ts.FunctionDeclaration): readonly Documentable[] {
  const twins = node
    .getSourceFile()
    .statements.filter((each) => ts.isFunctionDeclaration(each) && each.name?.text === node.name?.text)
  return twins.length > 1 && node.body ? [] : [itself(node)]
}

function itself(node: ts.Statement & { name?: ts.Identifier }): Documentable {
  return { node, path: node.name?.text ?? 'default' }
}

/** The shapes of a union, and the members of each. The member that tells them apart is explained by its shape's comment. */
function shapesIn(type: ts.TypeNode, path: string): readonly Documentable[] {
  if (ts.isParenthesizedTypeNode(type)) return shapesIn(type.type, path)
  if (ts.isIntersectionTypeNode(type)) return type.types.flatMap((each) => shapesIn(each, path))
  if (ts.isTypeLiteralNode(type)) return membersOf(type.members, path)
  if (!ts.isUnionTypeNode(type)) return []
  return type.types.flatMap((each) => {
    if (!ts.isTypeLiteralNode(each)) return []
    const [first, ...others] = each.members
    const isTag = first && ts.isPropertySignature(first) && first.type && ts.isLiteralTypeNode(first.type)
    if (!isTag) return membersOf(each.members, path)
    return [
      { node: each, path: `${path} (${first.getText().replace(/;$/, '')})` },
      ...membersOf(others, path),
    ]
  })
}

function membersOf(members: readonly ts.Node[], path: string): readonly Documentable[] {
  return members
    .filter((member) => !ts.isConstructorDeclaration(member) && !ts.isConstructSignatureDeclaration(member))
    .filter((member) => !ts.isCallSignatureDeclaration(member) && !ts.isIndexSignatureDeclaration(member))
    .map((node) => ({
      node,
      path: `${path}.${'name' in node && node.name ? (node.name as ts.Node).getText() : ''}`,
    }))
}

/** What a class overrides, its base explains. */
function isPublic(member: ts.ClassElement): boolean {
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.OverrideKeyword]
  const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : []
  if (member.name && ts.isPrivateIdentifier(member.name)) return false
  return !modifiers.some(({ kind }) => hidden.includes(kind))
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : []
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
}

/** Comments stand before a token or after it in the same line. */
function commentsIn(file: ts.SourceFile): readonly ts.CommentRange[] {
  const found = new Map<number, ts.CommentRange>()
  const visit = (node: ts.Node): void => {
    if (!ts.isJsxText(node)) {
      for (const range of [
        ...(ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? []),
        ...(ts.getTrailingCommentRanges(file.text, node.getEnd()) ?? []),
      ]) {
        found.set(range.pos, range)
      }
    }
    for (const child of node.getChildren(file)) visit(child)
  }
  visit(file)
  return [...found.values()].sort((a, b) => a.pos - b.pos)
}
