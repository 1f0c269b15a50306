import type { Card, Sticker } from '../data/models'
import { cardOf } from './access'
import { change } from './notes'
import { neededText, textOf } from './parameters'
import { type Call, invalidValue, notFound, type Route } from './route'

export const stickerRoutes: readonly Route[] = [
  { method: 'GET', path: '/cards/{}/stickers', run: (call) => stickersOf(call, cardOf(call)) },
  { method: 'POST', path: '/cards/{}/stickers', run: addSticker },
  { method: 'GET', path: '/cards/{}/stickers/{}', run: (call) => stickerShape(stickerOf(call)) },
  { method: 'PUT', path: '/cards/{}/stickers/{}', run: changeSticker },
  { method: 'DELETE', path: '/cards/{}/stickers/{}', run: deleteSticker },
]

export function stickersOf({ data }: Call, card: Card): object[] {
  return data.stickers.filter(({ idCard }) => idCard === card.id).map(stickerShape)
}

function addSticker(call: Call): object {
  const card = cardOf(call)
  const sticker: Sticker = {
    id: call.data.newId(),
    idCard: card.id,
    image: neededText(call, 'image'),
    top: numberOf(call, 'top', 0),
    left: numberOf(call, 'left', 0),
    rotate: numberOf(call, 'rotate', 0),
    zIndex: numberOf(call, 'zIndex', 1),
  }
  call.data.stickers.push(sticker)
  return stickerShape(sticker)
}

function changeSticker(call: Call): object {
  const sticker = stickerOf(call)
  change(sticker, {
    top: numberOf(call, 'top', sticker.top),
    left: numberOf(call, 'left', sticker.left),
    rotate: numberOf(call, 'rotate', sticker.rotate),
    zIndex: numberOf(call, 'zIndex', sticker.zIndex),
  })
  return stickerShape(sticker)
}

function deleteSticker(call: Call): object {
  const { stickers } = call.data
  stickers.splice(stickers.indexOf(stickerOf(call)), 1)
  return { stickers: stickersOf(call, cardOf(call)) }
}

function stickerOf(call: Call): Sticker {
  const card = cardOf(call)
  const sticker = call.data.stickers.find(({ id, idCard }) => id === call.ids[1] && idCard === card.id)
  if (sticker === undefined) throw notFound
  return sticker
}

function numberOf(call: Call, name: string, otherwise: number): number {
  const number = Number(textOf(call, name) ?? otherwise)
  if (Number.isNaN(number)) throw invalidValue(name)
  return number
}

export function stickerShape({ idCard: _, ...sticker }: Sticker): object {
  return { ...sticker, imageUrl: null, imageScaled: [] }
}
