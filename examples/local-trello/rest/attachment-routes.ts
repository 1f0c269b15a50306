import type { Attachment, Card } from '../data/models'
import { attachmentOf, cardOf } from './access'
import { noteOnCard } from './notes'
import { pick, textOf } from './parameters'
import { type Call, invalidValue, Refusal, type Route } from './route'
import { attachmentShape } from './shapes'

export const attachmentRoutes: readonly Route[] = [
  { method: 'GET', path: '/cards/{}/attachments', run: attachmentsOf },
  { method: 'POST', path: '/cards/{}/attachments', run: (call) => addAttachment(call, cardOf(call)) },
  {
    method: 'GET',
    path: '/cards/{}/attachments/{}',
    run: (call) =>
      pick(call, attachmentShape(attachmentOf(call, cardOf(call), call.ids[1])), textOf(call, 'fields')),
  },
  { method: 'DELETE', path: '/cards/{}/attachments/{}', run: deleteAttachment },
  {
    method: 'GET',
    path: '/cards/{}/attachments/{}/download/{}',
    scopes: ['read:board:trello'],
    run: download,
  },
]

/** A file of a form, or an address. */
export function addAttachment(call: Call, card: Card): object {
  const { data, file } = call
  const url = textOf(call, 'url')
  if (file === undefined && (url === undefined || url === '')) throw invalidValue('url')
  if (url !== undefined && file === undefined && !/^https?:\/\//.test(url)) throw invalidValue('url')
  const bytes = file?.bytes.length ?? null
  if (bytes !== null && bytes > largest) throw new Refusal(413, 'File too large')
  const id = data.newId()
  const name = textOf(call, 'name') ?? file?.name ?? url ?? ''
  const attachment: Attachment = {
    id,
    idCard: card.id,
    idMember: call.caller.memberId,
    name,
    url: url ?? downloadAddress(card, id, name),
    date: new Date().toISOString(),
    bytes,
    mimeType: textOf(call, 'mimeType') ?? file?.type ?? '',
    isUpload: file !== undefined,
    pos: 16_384 * (data.attachments.filter(({ idCard }) => idCard === card.id).length + 1),
  }
  data.attachments.push(attachment)
  if (file !== undefined) data.files.set(id, file.bytes)
  noteOnCard(call, 'addAttachmentToCard', card, { attachment: { id, name, url: attachment.url } })
  return attachmentShape(attachment)
}

function attachmentsOf(call: Call): object[] {
  const card = cardOf(call)
  return call.data.attachments
    .filter(({ idCard }) => idCard === card.id)
    .map((attachment) => pick(call, attachmentShape(attachment), textOf(call, 'fields')))
}

function deleteAttachment(call: Call): object {
  const { attachments, files } = call.data
  const card = cardOf(call)
  const attachment = attachmentOf(call, card, call.ids[1])
  attachments.splice(attachments.indexOf(attachment), 1)
  files.delete(attachment.id)
  noteOnCard(call, 'deleteAttachmentFromCard', card, {
    attachment: { id: attachment.id, name: attachment.name },
  })
  return { limits: {} }
}

/** The bytes of an uploaded file. */
export class Download {
  constructor(
    readonly bytes: Buffer,
    readonly type: string,
  ) {}
}

function download(call: Call): Download {
  const attachment = attachmentOf(call, cardOf(call), call.ids[1])
  const bytes = call.data.files.get(attachment.id)
  if (bytes === undefined) throw new Refusal(404, 'File not found')
  return new Download(bytes, attachment.mimeType || 'application/octet-stream')
}

function downloadAddress(card: Card, id: string, name: string): string {
  return `https://api.trello.com/1/cards/${card.id}/attachments/${id}/download/${encodeURIComponent(name)}`
}

/** Ten megabytes, as in a workspace that doesn't pay. */
const largest = 10 * 1024 * 1024
