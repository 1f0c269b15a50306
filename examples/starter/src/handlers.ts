import { capabilities } from 'powerup-oauth/capabilities'
import { NAME, options } from './options'

/** The part of Trello's `t` that is used here. Tests give a fake one. */
interface T {
  popup(options: { title: string; url: string; height: number }): Promise<void>
  signUrl(url: string): string
  card(field: 'desc'): Promise<{ desc: string }>
}

const icon = new URL('icon.svg', document.baseURI).href

/**
 * What the Power-Up can do. Nobody is asked to connect here: a click on Trello's page is no click in a frame of ours, so a browser
 * would block the window. The pages have the button.
 */
export const handlers = {
  'board-buttons': async () => [
    {
      icon: { dark: icon, light: icon },
      text: NAME,
      callback: (t: T) => t.popup({ title: NAME, url: './board.html', height: 120 }),
    },
  ],
  'card-buttons': async () => [
    {
      icon,
      text: 'Who was here?',
      callback: (t: T) => t.popup({ title: NAME, url: './card.html', height: 120 }),
    },
  ],
  'card-badges': async (t: T) => [{ text: words(await t.card('desc')) }],
  'card-detail-badges': async (t: T) => [{ title: 'Description', text: words(await t.card('desc')) }],
  'card-back-section': async (t: T) => ({
    title: NAME,
    icon,
    content: { type: 'iframe' as const, url: t.signUrl('./section.html'), height: 120 },
  }),
  'show-settings': (t: T) => t.popup({ title: NAME, url: './settings.html', height: 120 }),
  // authorization-status, show-authorization and remove-data.
  ...capabilities(options, { title: NAME, url: './connect.html', height: 180 }),
}

function words({ desc }: { desc: string }): string {
  const count = desc.split(/\s+/).filter(Boolean).length
  return `${count} ${count === 1 ? 'word' : 'words'}`
}
