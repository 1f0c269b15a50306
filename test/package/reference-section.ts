import ts from 'typescript'
import { type DocComment, docCommentOf } from './doc-comment'

/** What a section needs of the page around it. */
export interface Links {
  checker: ts.TypeChecker
  anchorOf(symbol: ts.Symbol): string | undefined
  anchorOfName(name: string): string | undefined
  /** The heading in docs/errors.md of a code, by the class and the code. */
  errorAnchorOf(className: string, code: string): string | undefined
}

/** The section of one exported name. */
export function sectionOf(symbol: ts.Symbol, isExported: boolean, links: Links): string {
  const declaration = symbol.declarations?.[0]
  if (!declaration) throw new Error(`${symbol.name} has no declaration.`)
  const body = [
    `### \`${symbol.name}\``,
    ...(isExported ? [] : ['*Not exported by name.*']),
    ...docOf(declaration),
    ...bodyOf(declaration, links),
    ...tagsOf(docCommentOf(declaration), links),
  ]
  return body.join('\n\n')
}

function bodyOf(declaration: ts.Declaration, links: Links): readonly string[] {
  if (ts.isFunctionDeclaration(declaration)) return [code(signatureOf(declaration, links))]
  if (ts.isInterfaceDeclaration(declaration)) {
    return [...inherited(declaration, links), ...members(declaration.members, links, nameInCode(declaration))]
  }
  if (ts.isClassDeclaration(declaration)) return classBody(declaration, links)
  if (ts.isTypeAliasDeclaration(declaration)) return typeBody(declaration, links)
  if (ts.isVariableDeclaration(declaration)) return variableBody(declaration)
  throw new Error(`${declaration.getText().slice(0, 40)} is of no kind that the reference knows.`)
}

function classBody(declaration: ts.ClassDeclaration, links: Links): readonly string[] {
  const [made] = declaration.members.filter(ts.isConstructorDeclaration)
  const name = declaration.name?.text ?? ''
  const isAbstract = declaration.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword)
  const constructed = made ? [code(wrapped(`new ${name}`, made))] : []
  const properties = declaration.members.filter(
    (member) => ts.isPropertyDeclaration(member) && textOf(member.name) !== 'name',
  )
  return [
    ...inherited(declaration, links),
    ...(isAbstract ? [] : constructed),
    ...members(properties, links, name),
  ]
}

function typeBody({ type, name, typeParameters }: ts.TypeAliasDeclaration, links: Links): readonly string[] {
  const parts: readonly ts.TypeNode[] = ts.isUnionTypeNode(type) ? type.types : [type]
  if (parts.every(isText)) return codes(name.text, parts, links)
  if (ts.isTypeLiteralNode(type)) return members(type.members, links, name.text)
  if (parts.length > 1 && parts.every((part) => ts.isTypeReferenceNode(part) || ts.isTypeLiteralNode(part))) {
    return [parts.map((part) => variant(part, links)).join('\n')]
  }
  const parameters = typeParameters?.map(plain).join(', ')
  return [code(`type ${name.text}${parameters ? `<${parameters}>` : ''} = ${plain(type)}`)]
}

/** A few words to choose from. A code of an error leads to what docs/errors.md says of it. */
function codes(name: string, parts: readonly TextType[], { errorAnchorOf }: Links): readonly string[] {
  const shown = ({ literal: { text } }: TextType) => {
    const anchor = errorAnchorOf(name.replace(/Code$/, ''), text)
    return anchor === undefined ? codeSpan(`'${text}'`) : `[\`${text}\`](errors.md#${anchor})`
  }
  if (!parts.some((part) => docCommentOf(part)?.text)) return [`${parts.map(shown).join(', ')}.`]
  return [
    table(
      ['value', 'meaning'],
      parts.map((part) => [shown(part), docCommentOf(part)?.text ?? '']),
    ),
  ]
}

/** One of several shapes: a type with a section of its own, or one that is told apart by its first member. */
function variant(part: ts.TypeNode, links: Links): string {
  const text = docCommentOf(part)?.text ?? ''
  if (!ts.isTypeLiteralNode(part)) return `- ${typeLink(part, links)} ${text}`.trimEnd()
  const [first, ...others] = part.members
  const fields = others.map((member) => {
    const about = [typeCell(member, links), docCommentOf(member)?.text].filter(Boolean).join(': ')
    return `  - ${codeSpan(nameOf(member))} ${about}`
  })
  const head = first ? codeSpan(plain(first).replace('readonly ', '')) : ''
  return [`- **${head}** ${text}`.trimEnd(), ...fields].join('\n')
}

function variableBody({ name, initializer, type }: ts.VariableDeclaration): readonly string[] {
  const value = initializer && ts.isAsExpression(initializer) ? initializer.expression : initializer
  if (value && ts.isArrayLiteralExpression(value)) {
    const rows = value.elements.map((each) => [codeSpan(each.getText()), docCommentOf(each)?.text ?? ''])
    if (rows.some(([, text]) => text !== '')) return [table(['value', 'meaning'], rows)]
  }
  return [code(`const ${name.getText()}${type ? `: ${plain(type)}` : ''}`)]
}

function inherited(
  declaration: ts.InterfaceDeclaration | ts.ClassDeclaration,
  links: Links,
): readonly string[] {
  const types = declaration.heritageClauses?.flatMap((clause) => [...clause.types]) ?? []
  return types.length > 0 ? [`Extends ${types.map((each) => typeLink(each, links)).join(', ')}.`] : []
}

/** A table of the properties, and a section for each method. */
function members(all: readonly ts.Node[], links: Links, owner: string): readonly string[] {
  const named = all.filter(isNamedMember)
  const [methods, properties] = [
    named.filter(ts.isMethodSignature),
    named.filter((each) => !ts.isMethodSignature(each)),
  ]
  const isLong =
    methods.some((each) => Object.keys(docCommentOf(each)?.tags ?? {}).length > 0) || methods.length > 6
  const inTable = isLong ? properties : named
  const hasDefaults = inTable.some((each) => docCommentOf(each)?.tags.default)
  const rows = inTable.map((each) => {
    const doc = docCommentOf(each)
    const standard = hasDefaults ? [isOptional(each) ? (doc?.tags.default?.[0] ?? '') : '*required*'] : []
    return [codeSpan(nameOf(each)), typeCell(each, links), ...standard, wholeText(doc, links)]
  })
  const titles = ['name', 'type', ...(hasDefaults ? ['default'] : []), 'meaning']
  const sections = (isLong ? methods : []).flatMap((each) => [
    `#### \`${owner}.${nameOf(each).replace(/\(.*/s, '')}()\``,
    code(signatureOf(each, links)),
    ...docOf(each),
    ...tagsOf(docCommentOf(each), links),
  ])
  return [...(rows.length > 0 ? [table(titles, rows)] : []), ...sections]
}

type Member = ts.PropertySignature | ts.MethodSignature | ts.PropertyDeclaration | ts.GetAccessorDeclaration

function isNamedMember(node: ts.Node): node is Member {
  return (
    ts.isPropertySignature(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isGetAccessorDeclaration(node)
  )
}

function isOptional(member: Member): boolean {
  return 'questionToken' in member && member.questionToken !== undefined
}

/** `name`, or `name(parameters)` of a method. */
function nameOf(member: ts.Node): string {
  if (ts.isMethodSignature(member))
    return `${textOf(member.name)}${member.questionToken ? '?' : ''}(${parametersOf(member)})`
  if (!isNamedMember(member)) return member.getText()
  return `${textOf(member.name)}${isOptional(member) ? '?' : ''}`
}

function typeCell(member: ts.Node, links: Links): string {
  if (!isNamedMember(member) || !member.type) return ''
  return typeLink(member.type, links)
}

/** A type that names one of ours leads to its section. */
function typeLink(type: ts.Node, links: Links): string {
  const anchors = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const target = links.checker.getSymbolAtLocation(node)
      const real =
        target && target.flags & ts.SymbolFlags.Alias ? links.checker.getAliasedSymbol(target) : target
      const anchor = real && links.anchorOf(real)
      if (anchor) anchors.add(anchor)
    }
    ts.forEachChild(node, visit)
  }
  visit(type)
  const anchor = [...anchors].at(-1)
  const text = codeSpan(plain(type))
  return anchor === undefined ? text : `[${text}](#${anchor})`
}

function signatureOf(node: ts.FunctionDeclaration | ts.MethodSignature, { checker }: Links): string {
  const parameters = node.typeParameters?.map(plain).join(', ')
  const signature = node.type ? undefined : checker.getSignatureFromDeclaration(node)
  const inferred = signature && checker.typeToString(checker.getReturnTypeOfSignature(signature))
  const name = `${node.name ? textOf(node.name) : ''}${parameters ? `<${parameters}>` : ''}`
  return wrapped(name, node, `: ${node.type ? plain(node.type) : inferred}`)
}

/** In one line where that is short enough. */
function wrapped(name: string, node: ts.SignatureDeclaration, type = ''): string {
  const line = `${name}(${parametersOf(node)})${type}`
  if (line.length <= 110) return line
  return `${name}(\n${node.parameters.map((each) => `  ${parameterText(each)},\n`).join('')})${type}`
}

function parametersOf(node: ts.SignatureDeclaration): string {
  return node.parameters.map(parameterText).join(', ')
}

/** A parameter that is taken apart at once is called `options`. */
function parameterText({
  name,
  type,
  initializer,
  questionToken,
  dotDotDotToken,
}: ts.ParameterDeclaration): string {
  const isOptionalOne = initializer !== undefined || questionToken !== undefined
  const shown = ts.isIdentifier(name) ? name.text : 'options'
  const standard =
    initializer && !ts.isObjectLiteralExpression(initializer) ? ` = ${initializer.getText()}` : ''
  return `${dotDotDotToken ? '...' : ''}${shown}${isOptionalOne ? '?' : ''}${type ? `: ${plain(type)}` : standard}`
}

/** The text of a node in one line, without its comments. */
function plain(node: ts.Node): string {
  const printer = ts.createPrinter({ removeComments: true })
  return printer
    .printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
    .replace(/\s+/g, ' ')
    .replace(/^\| /, '')
    .replace(/; ?(?=$)/, '')
    .replace(/; \}/g, ' }')
    .replace(/\[ (.*?) \]/g, '[$1]')
}

function textOf(name: ts.PropertyName | ts.Identifier): string {
  return name.getText()
}

function nameInCode({ name }: ts.InterfaceDeclaration): string {
  return name.text.charAt(0).toLowerCase() + name.text.slice(1)
}

type TextType = ts.LiteralTypeNode & { literal: ts.StringLiteral }

function isText(node: ts.TypeNode): node is TextType {
  return ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)
}

function docOf(node: ts.Node): readonly string[] {
  const text = docCommentOf(node)?.text
  return text ? [text] : []
}

/** Text and tags in one cell. */
function wholeText(doc: DocComment | undefined, links: Links): string {
  return [doc?.text, ...tagsOf(doc, links)].filter(Boolean).join(' ')
}

function tagsOf(doc: DocComment | undefined, { anchorOfName }: Links): readonly string[] {
  const { param = [], returns = [], throws = [], see = [], example = [] } = doc?.tags ?? {}
  const linked = (text: string) =>
    text.replace(/(?<!\w|`)[A-Z]\w+Error\b/g, (name) => {
      const anchor = anchorOfName(name)
      return anchor === undefined ? name : `[${codeSpan(name)}](#${anchor})`
    })
  return [
    ...(param.length > 0 ? [param.map((each) => `- \`${each.replace(' ', '`: ')}`).join('\n')] : []),
    ...returns.map((each) => sentence(`Returns ${each}`)),
    ...throws.map((each) => sentence(`Throws ${linked(each)}`)),
    ...(see.length > 0 ? [`See ${see.map(link).join(', ')}.`] : []),
    ...example.map((each) => (each.includes('```') ? each : code(each))),
  ]
}

function sentence(text: string): string {
  return /[.:]$/.test(text) ? text : `${text}.`
}

function link(target: string): string {
  return /^https?:\S+$/.test(target) ? `<${target}>` : target
}

function code(text: string): string {
  // Not `ts`: the blocks of that language in the pages are compiled.
  return `\`\`\`typescript\n${text}\n\`\`\``
}

function codeSpan(text: string): string {
  return `\`${text}\``
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ')).join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n')
}
