// What people read. They know Trello; they need not know what a token is.

/**
 * The title, the text and the button for a state of the client.
 * @returns {{ title: string, text: string, button?: string }}
 */
export function wordsFor(state) {
  if (state.status === 'restoring') return { title: 'One moment…', text: '' }
  if (state.status === 'authorized') return { title: 'Greeter is connected', text: '' }
  if (state.unfinished) {
    return {
      title: 'Not finished yet',
      text: 'Your sign-in was begun, but not seen to end. Press the button once more, and it goes on.',
      button: 'Finish connecting',
    }
  }
  if (state.status === 'tokenExpired') {
    return { title: 'Please connect again', text: endings[state.cause], button: 'Connect again' }
  }
  if (state.blockedBy) return obstacles[state.blockedBy]
  return {
    title: 'Shall we get to know each other?',
    text: 'Greeter would like to greet you by name. Connect it once; you can take that back whenever you like.',
    button: 'Connect',
  }
}

/** What to say when a sign-in ended without a grant; nothing where the person knows already. */
export function wordsForError(error, state) {
  if (state.unfinished && error.code === 'popupClosed') return ''
  return reasons[error.code] ?? 'That did not work just now. Please try again in a moment.'
}

const endings = {
  expired: 'You have not used Greeter for a while, so Trello ended the connection to keep your account safe.',
  revoked:
    'The connection was ended in Trello. If that was not you, connecting again brings everything back.',
  rotationLost: 'The connection broke off, probably on a bad network. Nothing of yours was lost.',
}

const obstacles = {
  noWorkspace: {
    title: 'This board has no workspace',
    text: 'Greeter works on boards that belong to a workspace. Open one of those, or move this board into one.',
  },
  notLoggedIn: { title: 'Hello, visitor', text: 'Log in to Trello, and Greeter can greet you by name.' },
  storageUnavailable: {
    title: 'Greeter has no place for its notes',
    text: 'Your browser does not let Greeter keep anything. Allow it to store data for this page and load it again.',
    button: 'Connect for now',
  },
}

const reasons = {
  popupBlocked:
    'Your browser held back the sign-in window. Allow pop-ups for Trello, then press the button again.',
  popupClosed: 'The sign-in window was closed. Press the button again whenever you are ready.',
  accessDenied: 'That is fine: nothing was shared. Should you change your mind, the button is here.',
  accountMismatch: 'You chose another account than the one you use in Trello. Please choose the same one.',
  timedOut: 'The sign-in took too long. Please press the button again.',
  superseded: '',
  aborted: '',
}
