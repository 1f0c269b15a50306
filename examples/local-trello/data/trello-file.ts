import { readFileSync } from 'node:fs'
import { fillBoard } from './file-board'
import { field, list, names, record, text } from './file-fields'
import { createIdMaker, shortLinkOf } from './ids'
import type { Board, Member, Workspace } from './models'
import { createTrelloData, type TrelloData } from './trello-data'

/**
 * Reads the people, workspaces and boards of a file in the form of `trello.json`.
 * Throws an error that names the place where the file is wrong.
 */
export function readTrelloFile(path: string): TrelloData {
  const content = parsed(path)
  const ids = createIdMaker()
  const { newId } = ids
  const file = record(content, 'the file')
  const members = atLeastOne(
    list(file.members, 'members').map((each) => memberOf(each, newId())),
    'members',
  )
  const workspaces = atLeastOne(
    list(file.workspaces, 'workspaces').map((each, index) =>
      workspaceOf(record(each, `workspaces[${index}]`), `workspaces[${index}]`, newId(), members),
    ),
    'workspaces',
  )
  const boardsInFile = list(file.boards, 'boards').map((each, index) => record(each, `boards[${index}]`))
  const boards = atLeastOne(
    boardsInFile.map((each, index) => boardOf(each, `boards[${index}]`, newId(), workspaces, members)),
    'boards',
  )
  const data = createTrelloData({ members, workspaces, boards }, ids)
  for (const [index, board] of boards.entries()) {
    fillBoard(data, board, record(boardsInFile[index], 'boards'), `boards[${index}]`)
  }
  ids.goLive()
  return data
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`${path} can't be read: ${error instanceof Error ? error.message : error}`)
  }
}

function memberOf(given: unknown, id: string): Member {
  const member = record(given, 'members[]')
  const username = text(member.username, 'members[].username')
  const fullName = text(member.fullName, `the fullName of ${username}`)
  return {
    id: field(member.id, id),
    username,
    fullName,
    initials: field(member.initials, initialsOf(fullName)),
    email: field(member.email, `${username}@example.com`),
  }
}

function workspaceOf(
  workspace: Record<string, unknown>,
  place: string,
  id: string,
  members: readonly Member[],
): Workspace {
  const displayName = text(workspace.displayName, `${place}.displayName`)
  return {
    id: field(workspace.id, id),
    name: field(workspace.name, displayName.toLowerCase().replace(/[^a-z0-9]/g, '')),
    displayName,
    desc: field(workspace.desc, ''),
    idMembers: memberIds(workspace.members, `${place}.members`, members),
  }
}

function boardOf(
  board: Record<string, unknown>,
  place: string,
  id: string,
  workspaces: readonly Workspace[],
  members: readonly Member[],
): Board {
  const workspace = workspaces.find(({ name, id: other }) => [name, other].includes(String(board.workspace)))
  const hasNone = board.workspace === null || board.workspace === undefined
  if (workspace === undefined && !hasNone) {
    throw new Error(`${place}.workspace: there is no workspace "${board.workspace}".`)
  }
  return {
    id: field(board.id, id),
    shortLink: field(board.shortLink, shortLinkOf(id)),
    name: text(board.name, `${place}.name`),
    desc: field(board.desc, ''),
    closed: board.closed === true,
    idOrganization: workspace?.id ?? null,
    idMembers: memberIds(board.members, `${place}.members`, members),
  }
}

/** Everybody, where the file names nobody. */
function memberIds(given: unknown, place: string, members: readonly Member[]): string[] {
  if (given === undefined) return members.map(({ id }) => id)
  return names(given, place).map((name) => {
    const member = members.find(({ username, id }) => name === username || name === id)
    if (member === undefined) throw new Error(`${place}: there is no member "${name}".`)
    return member.id
  })
}

function initialsOf(fullName: string): string {
  return fullName
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .join('')
    .slice(0, 2)
    .toUpperCase()
}

function atLeastOne<T>(found: T[], place: string): [T, ...T[]] {
  const [first, ...others] = found
  if (first === undefined) throw new Error(`${place}: at least one is needed.`)
  return [first, ...others]
}
