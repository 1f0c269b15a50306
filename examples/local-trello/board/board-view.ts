import type { Board, Card } from '../data/models'
import type { TrelloData } from '../data/trello-data'
import { actionShape, attachmentShape, badgesOf, checklistShape, memberInside } from '../rest/shapes'
import { openCards } from './t-models'

/** What the board page shows of a board. */
export function boardView(data: TrelloData, board: Board): object {
  const lists = data.lists
    .filter(({ idBoard, closed }) => idBoard === board.id && !closed)
    .sort((a, b) => a.pos - b.pos)
  return {
    members: data.members,
    workspaces: data.workspaces,
    boards: data.boards,
    board,
    labels: data.labels.filter(({ idBoard }) => idBoard === board.id),
    lists,
    cards: openCards(data, board.id).map((card) => ({ ...card, badges: badgesOf(data, card) })),
  }
}

/** What the open card shows besides. */
export function cardView(data: TrelloData, card: Card): object {
  return {
    checklists: data.checklists
      .filter(({ idCard }) => idCard === card.id)
      .map((each) => checklistShape(data, each)),
    attachments: data.attachments.filter(({ idCard }) => idCard === card.id).map(attachmentShape),
    customFields: data.customFieldItems
      .filter(({ idModel }) => idModel === card.id)
      .map(({ idCustomField, value, idValue }) => {
        const field = data.customFields.find(({ id }) => id === idCustomField)
        const option = field?.options.find(({ id }) => id === idValue)
        return { name: field?.name, value: option?.value.text ?? Object.values(value ?? {})[0] }
      }),
    comments: data.actions
      .filter((action) => action.type === 'commentCard' && action.data.card?.id === card.id)
      .slice(-20)
      .reverse()
      .map((action) => actionShape(data, action)),
    members: data.members.filter(({ id }) => card.idMembers.includes(id)).map(memberInside),
  }
}
