/** A situation that the prompt has words for. */
export type PromptSituation =
  | 'connect'
  | 'expired'
  | 'revoked'
  | 'rotationLost'
  | 'unfinished'
  | 'inProgress'
  | 'elsewhere'
  | 'accessDenied'
  | 'popupBlocked'
  | 'accountMismatch'
  | 'noWorkspace'
  | 'notLoggedIn'
  | 'storageUnavailable'
  | 'offline'
  | 'unavailable'
  | 'missingScopes'
  | 'legacy'
  | 'failed'

/** The words for one situation. */
export interface PromptWords {
  /** The title. */
  title: string
  /** `{code}` stands for the code of the last error, and for what the server called it. */
  text: string
  /** Empty: no button is shown, because no button can help. */
  button: string
}

/** All words, for a translation that the compiler checks. */
export type PromptTexts = Record<PromptSituation, PromptWords>

/** Words of one's own. What is left out stays English. */
export type PartialPromptTexts = { readonly [S in PromptSituation]?: Readonly<Partial<PromptWords>> }

const CONNECT_AGAIN = 'Connect again'
const TRY_AGAIN = 'Try again'

/** The words of the prompt, unless a page brings its own. */
export const ENGLISH: PromptTexts = {
  connect: {
    title: 'Connect your Trello account',
    text: 'This Power-Up needs your permission before it can work here. You can take it back at any time.',
    button: 'Connect',
  },
  expired: {
    title: 'Please connect again',
    text: 'The connection has run out, as connections to Trello do after some time. Nothing of yours is lost.',
    button: CONNECT_AGAIN,
  },
  revoked: {
    title: 'Please connect again',
    text: 'Trello no longer accepts this connection, perhaps after a new password. Nothing of yours is lost.',
    button: CONNECT_AGAIN,
  },
  rotationLost: {
    title: 'Please connect again',
    text: 'The connection broke off, perhaps on a bad network. Nothing of yours is lost.',
    button: CONNECT_AGAIN,
  },
  unfinished: {
    title: 'Not finished yet',
    text: 'The window went out of sight before we heard from it. Press the button again to finish.',
    button: 'Finish connecting',
  },
  inProgress: {
    title: 'Connecting…',
    text: 'Go on in the window that has just opened.',
    button: 'Cancel',
  },
  elsewhere: {
    title: 'Connecting…',
    text: 'Please go on in the window that is open already.',
    button: '',
  },
  accessDenied: {
    title: 'Not connected',
    text: 'You said no, so nothing has changed. Should you change your mind, the button is here.',
    button: TRY_AGAIN,
  },
  popupBlocked: {
    title: 'The window was blocked',
    text: 'Allow pop-ups for this page in your browser, then try again.',
    button: TRY_AGAIN,
  },
  accountMismatch: {
    title: 'That was another account',
    text: 'Please choose the account that you use here in Trello.',
    button: TRY_AGAIN,
  },
  noWorkspace: {
    title: 'This board has no Workspace',
    text: 'This Power-Up works on boards that belong to a Workspace. Move this board into one, then reload Trello.',
    button: '',
  },
  notLoggedIn: {
    title: 'You are not logged in',
    text: 'Log in to Trello to use this Power-Up, then reload Trello.',
    button: '',
  },
  storageUnavailable: {
    title: 'Your browser keeps nothing here',
    text: 'You can connect, but only until you leave. To stay connected, allow this page to store data, then reload Trello.',
    button: 'Connect for now',
  },
  offline: {
    title: 'You seem to be offline',
    text: 'Trello cannot be reached. Check your network, then try again.',
    button: TRY_AGAIN,
  },
  unavailable: {
    title: 'Trello does not answer',
    text: 'Please try again in a while. Nothing of yours is lost.',
    button: TRY_AGAIN,
  },
  missingScopes: {
    title: 'More permissions needed',
    text: 'Part of this Power-Up needs permissions that you have not given yet.',
    button: 'Review permissions',
  },
  legacy: {
    title: 'Please update your connection',
    text: 'Trello has a new, safer way to connect. The old one works for now; switching takes a moment.',
    button: 'Update',
  },
  failed: {
    title: 'That did not work',
    text: 'Please try again. If it keeps happening, tell the makers of this Power-Up: {code}.',
    button: TRY_AGAIN,
  },
}
