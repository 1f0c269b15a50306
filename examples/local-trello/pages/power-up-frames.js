// The Power-Up on the board page: its hidden connector, and the popup, modal and card section that it opens.

import { openFrame, renderAllFrames } from './frames.js'
import { changePluginData, readPluginData, removePluginData } from './plugin-data.js'
import { closePopup, showPopup } from './popup.js'
import { askForTokens } from './tokens.js'

const modal = document.querySelector('#modal')
const modalBody = document.querySelector('#modal-body')

/**
 * @param {{
 *   connectorUrl: string,
 *   context(): Record<string, any>,
 *   model(name: string, context: object): Record<string, any>,
 *   showAlert(options: { message: string }): void,
 * }} page
 */
export function startPowerUp(page) {
  let anchor = { left: 320, bottom: 56 }
  let section
  let modalFrame

  const commands = {
    popup: showPowerUpPopup,
    closePopup,
    modal: showModal,
    closeModal,
    alert: page.showAlert,
    sizeTo({ height }, frame) {
      frame.element.style.height = `${Math.min(Math.max(height, 20), 1500)}px`
    },
    model({ name, fields }, _frame, context) {
      const model = page.model(name, context)
      if (fields.length === 0 || fields.includes('all')) return model
      return Object.fromEntries(fields.map((field) => [field, model[field]]))
    },
    get: ({ scope, visibility, key }, _frame, context) => readPluginData(context, scope, visibility)[key],
    getAll: (_args, _frame, context) => allPluginData(context),
    authorizationCodeExchange: (args, _frame, context) =>
      askForTokens('authorizationCodeExchange', args, context),
    refreshTokens: (args, _frame, context) => askForTokens('refreshTokens', args, context),
    set({ scope, visibility, changes }, _frame, context) {
      changePluginData(context, scope, visibility, changes)
      renderAll()
    },
    remove({ scope, visibility, keys }, _frame, context) {
      removePluginData(context, scope, visibility, keys)
      renderAll()
    },
  }

  const connector = open('connector', page.connectorUrl, document.querySelector('#connector-host'))
  document.querySelector('#modal-close').addEventListener('click', closeModal)

  return {
    /** What a capability answers; undefined where the Power-Up hasn't got it. */
    async ask(name, options) {
      const names = await connector.ready
      return names.includes(name) ? connector.capability(name, page.context(), options) : undefined
    },
    /** Runs what came as `callback` of a button or an item; popups open beside `element` from now on. */
    async run(callback, element) {
      setAnchor(element)
      await connector.callback(callback.callbackId, page.context())
    },
    setAnchor,
    openSection(content, parent) {
      section?.close()
      section = open('section', content.url, parent, content.args)
      section.element.style.height = `${content.height ?? 150}px`
    },
    closeSection() {
      section?.close()
      section = undefined
    },
    renderAll,
  }

  function open(kind, url, parent, args, context = page.context()) {
    return openFrame({ kind, url, args, context, parent, onCommand })
  }

  function onCommand(command, args, frame, context) {
    const run = commands[command]
    if (run === undefined) throw new Error(`The local Trello has no t.${command}.`)
    return run(args, frame, context)
  }

  function showPowerUpPopup({ title, url, args, height = 140, items, mouseEvent }, opener, context) {
    let frame
    const body = showPopup(title, placeFor(opener, mouseEvent), () => frame?.close())
    if (items !== undefined) {
      body.replaceChildren(...items.map((item) => itemButton(item, opener, context)))
      return
    }
    frame = open('popup', url, body, args, context)
    frame.element.style.height = `${height}px`
  }

  function itemButton({ text, callback }, opener, context) {
    const button = document.createElement('button')
    button.className = 'menu-item'
    button.textContent = text
    if (callback !== undefined) {
      button.addEventListener('click', () => opener.callback(callback.callbackId, context))
    }
    return button
  }

  /** Beside the mouse where the Power-Up says so, in its frame; else beside what was pressed on the board. */
  function placeFor(opener, mouseEvent) {
    if (opener.kind === 'connector') return anchor
    const frame = opener.element.getBoundingClientRect()
    return {
      left: frame.left + (mouseEvent?.clientX ?? 0),
      bottom: frame.top + (mouseEvent?.clientY ?? 40),
    }
  }

  function showModal({ title, url, args, height = 300 }, _opener, context) {
    closeModal()
    closePopup()
    document.querySelector('#modal-title').textContent = title ?? ''
    modalFrame = open('modal', url, modalBody, args, context)
    modalFrame.element.style.height = `${height}px`
    modal.showModal()
  }

  function closeModal() {
    modalFrame?.close()
    modalFrame = undefined
    modal.close()
  }

  function setAnchor(element) {
    anchor = element.getBoundingClientRect()
  }

  function renderAll() {
    renderAllFrames(() => page.context())
  }
}

function allPluginData(context) {
  const scopes = ['board', 'card', 'member', 'organization'].filter((scope) => context[scope] !== undefined)
  return Object.fromEntries(
    scopes.map((scope) => [
      scope,
      {
        private: readPluginData(context, scope, 'private'),
        shared: readPluginData(context, scope, 'shared'),
      },
    ]),
  )
}
