// The Power-Up on the board page: its hidden connector, and what its frames ask for.

import { hideAlert, showAlert } from './alert.js'
import { closeBoardBar, openBoardBar } from './board-bar.js'
import { closeTopmost } from './focus.js'
import { openFrame, renderAllFrames } from './frames.js'
import { closeModal, openModal, updateModal } from './modal.js'
import { closePopup, goBack, openPopup } from './popup.js'
import { runOnServer, sayMissing } from './server.js'
import { contextOf, view } from './view.js'

/** @type {{ showCard(id: string): void, hideCard(): void }} */
let cardWindow
let connector
let anchor = { left: 320, bottom: 56 }

const onServer = new Set([
  'model',
  'get',
  'getAll',
  'set',
  'remove',
  'attach',
  'jwt',
  'authorizationCodeExchange',
  'refreshTokens',
])

/** What the page does itself, for `t` in a frame. */
const commands = {
  popup: (args, frame, context) =>
    openPopup(args, { open, frame, context, place: placeFor(frame, args.mouseEvent) }),
  closePopup: () => closePopup(),
  back: () => goBack(),
  modal(args, frame, context) {
    closePopup()
    openModal(args, { open, frame, context })
  },
  updateModal,
  closeModal: () => closeModal(),
  // Trello's overlay is an old modal without a title.
  overlay: (args, frame, context) => openModal({ ...args, fullscreen: true }, { open, frame, context }),
  closeOverlay: () => closeModal(),
  boardBar: (args, frame, context) => openBoardBar(args, { open, frame, context }),
  closeBoardBar: () => closeBoardBar(),
  alert: showAlert,
  hideAlert: () => hideAlert(),
  showCard: ({ idCard }) => cardWindow.showCard(idCard),
  hideCard: () => cardWindow.hideCard(),
  navigate({ url }) {
    const local = url.replace('https://trello.com', location.origin)
    if (local.startsWith(location.origin)) location.assign(local)
    else window.open(url, '_blank', 'noopener')
  },
  sizeTo({ height }, frame) {
    frame.element.style.height = `${Math.min(Math.max(height, 20), 1500)}px`
  },
  confetti: () => showAlert({ message: '🎉', duration: 5 }),
  notifyParent({ message }) {
    if (message === 'done') closePopup()
  },
}

/** Loads the connector page. */
export function startPowerUp(cards) {
  cardWindow = cards
  connector = open({
    kind: 'connector',
    url: view.data.powerUp.connectorUrl,
    parent: document.querySelector('#connector-host'),
    context: contextOf(),
  })
  connector.ready.then(sayUnknownCapabilities, () => {})
}

/** Opens a frame of the Power-Up that can ask for everything that `t` offers. */
export function open(options) {
  return openFrame({ ...options, onCommand, onEscape: closeTopmost })
}

/** What a capability answers; undefined where the Power-Up hasn't got it, or leaves this case to others. */
export async function askCapability(name, options = {}, card = view.openCard) {
  const names = await connector.ready
  if (!names.includes(name)) return undefined
  return connector.capability(name, contextOf(card), options).catch((error) => {
    if (error.isNotHandled) return undefined
    throw error
  })
}

/** Names of the capabilities that the Power-Up has. */
export function capabilities() {
  return connector.ready
}

/** Runs what came as a function; popups open beside `element` from now on. */
export function runCallback(callback, { element, options, card = view.openCard } = {}) {
  if (element !== undefined) setAnchor(element)
  return connector.callback(callback.callbackId, contextOf(card), options)
}

export function setAnchor(element) {
  anchor = element.getBoundingClientRect()
}

/** Tells all frames that something may have changed. */
export function renderAll() {
  renderAllFrames((frame) =>
    frame.context.card === undefined ? contextOf(undefined) : { ...frame.context, theme: view.theme },
  )
}

async function onCommand(command, args, frame, context) {
  if (onServer.has(command)) {
    const result = await runOnServer(command, args, context)
    if (command === 'set' || command === 'remove') renderAll()
    return result
  }
  const run = commands[command]
  if (run === undefined) {
    sayMissing(`t.${command}()`)
    throw new Error('UnsupportedCommand')
  }
  return run(args, frame, context)
}

/** Beside the mouse where the Power-Up says so, in its frame; else beside what was pressed on the board. */
function placeFor(frame, mouseEvent) {
  if (frame.kind === 'connector') return anchor
  const { left, top } = frame.element.getBoundingClientRect()
  return { left: left + (mouseEvent?.clientX ?? 0), bottom: top + (mouseEvent?.clientY ?? 40) }
}

const known = new Set([
  'attachment-sections',
  'attachment-thumbnail',
  'authorization-status',
  'board-buttons',
  'card-back-section',
  'card-badges',
  'card-buttons',
  'card-detail-badges',
  'card-from-url',
  'format-url',
  'list-actions',
  'list-sorters',
  'on-disable',
  'on-enable',
  'remove-data',
  'show-authorization',
  'show-settings',
])

function sayUnknownCapabilities(names) {
  for (const name of names) if (!known.has(name)) sayMissing(`capability "${name}"`)
}
