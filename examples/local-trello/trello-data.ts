/** A Trello member, as the REST API shows it. */
export interface Member {
  id: string
  username: string
  fullName: string
  initials: string
  email: string
}

/** A Trello workspace ("organization" in the API). */
export interface Workspace {
  id: string
  name: string
  displayName: string
}

/** A board; `idOrganization` is null for a board that lives outside any workspace. */
export interface Board {
  id: string
  shortLink: string
  name: string
  idOrganization: string | null
  idMembers: string[]
}

export interface List {
  id: string
  name: string
  idBoard: string
}

export interface Card {
  id: string
  idList: string
  idBoard: string
  name: string
  desc: string
  idMembers: string[]
}

export interface Action {
  id: string
  type: 'commentCard' | 'createCard'
  date: string
  idMemberCreator: string
  data: { text?: string; card: { id: string; name: string }; board: { id: string; name: string } }
}

/** Everything that lives on this Trello. Cards and actions change while it runs. */
export interface TrelloData {
  members: readonly [Member, Member]
  workspaces: readonly [Workspace, Workspace]
  boards: readonly [Board, Board, Board]
  lists: List[]
  cards: Card[]
  actions: Action[]
  newId(): string
}

/** Two members of two workspaces with a board each, and a board of the first member's without a workspace. */
export function createTrelloData(): TrelloData {
  const newId = createIdMaker()
  const members = [
    member(newId(), 'amaokafor', 'Ama Okafor', 'AO'),
    member(newId(), 'larsholm', 'Lars Holm', 'LH'),
  ] as const
  const [ama, lars] = members
  const workspaces = [
    { id: newId(), name: 'harbourhouse', displayName: 'Harbour House' },
    { id: newId(), name: 'northsideclinic', displayName: 'Northside Clinic' },
  ] as const
  const boards = [
    board(newId(), 'hKq2pV7d', 'Spring programme', workspaces[0].id, [ama.id, lars.id]),
    board(newId(), 'Wn4cRz81', 'Waiting room', workspaces[1].id, [ama.id, lars.id]),
    board(newId(), 'p9LmTx3e', 'Private notes', null, [ama.id, lars.id]),
  ] as const
  const data: TrelloData = { members, workspaces, boards, lists: [], cards: [], actions: [], newId }
  fillBoard(data, boards[0], {
    Ideas: ['Invite the choir', 'Ask for a larger tent'],
    Doing: ['Print the programme', 'Book the caterer'],
    Done: ['Choose a date'],
  })
  fillBoard(data, boards[1], {
    'To do': ['New chairs', 'Fix the clock'],
    Waiting: ['Quote for the carpet'],
    Done: ['Water the plants'],
  })
  fillBoard(data, boards[2], { Notes: ['Read the manual', 'Call the landlord'] })
  for (let day = 1; day <= 60; day++) addComment(data, data.cards[0], ama, `Note of day ${day}`, day)
  return data
}

/** Notes a comment on a card; `daysAfterStart` gives the seeded ones an order of their own. */
export function addComment(
  data: TrelloData,
  card: Card | undefined,
  author: Member,
  text: string,
  daysAfterStart?: number,
): Action {
  if (card === undefined) throw new Error('There is no card to comment on.')
  const date =
    daysAfterStart === undefined ? new Date() : new Date(Date.UTC(2026, 5, 1) + daysAfterStart * 86_400_000)
  const boardOfCard = data.boards.find((each) => each.id === card.idBoard)
  const action: Action = {
    id: data.newId(),
    type: 'commentCard',
    date: date.toISOString(),
    idMemberCreator: author.id,
    data: {
      text,
      card: { id: card.id, name: card.name },
      board: { id: card.idBoard, name: boardOfCard?.name ?? '' },
    },
  }
  data.actions.push(action)
  return action
}

function fillBoard(data: TrelloData, target: Board, content: Record<string, string[]>): void {
  for (const [listName, cardNames] of Object.entries(content)) {
    const list = { id: data.newId(), name: listName, idBoard: target.id }
    data.lists.push(list)
    for (const name of cardNames) {
      data.cards.push({
        id: data.newId(),
        idList: list.id,
        idBoard: target.id,
        name,
        desc: '',
        idMembers: [],
      })
    }
  }
}

/** Trello's ids are MongoDB's: four bytes of time, five of machine and process, three of a counter. Ours don't vary. */
function createIdMaker(): () => string {
  let counter = 0x3fa201
  return () => `68f1c2d47be09a51c6${(counter++).toString(16)}`
}

function member(id: string, username: string, fullName: string, initials: string): Member {
  return { id, username, fullName, initials, email: `${username}@example.com` }
}

function board(
  id: string,
  shortLink: string,
  name: string,
  idOrganization: string | null,
  idMembers: string[],
): Board {
  return { id, shortLink, name, idOrganization, idMembers }
}
