export interface IdMaker {
  newId(): string
  /** From now on ids begin with the time at which they are made, as Trello's do. */
  goLive(): void
}

/**
 * Makes ids as Trello's are, 24 hexadecimal digits that begin with a time in seconds. Until `goLive()` they are the same
 * ones with each start: an address that was kept still leads to the same card after a restart.
 */
export function createIdMaker(): IdMaker {
  let counter = 0x3fa201
  let isLive = false
  return {
    newId() {
      const time = isLive ? Math.floor(Date.now() / 1000).toString(16) : seedTime
      return `${time}7be09a51c6${(counter++).toString(16)}`
    },
    goLive() {
      isLive = true
    },
  }
}

/** Makes the eight letters of a short address, from an id. */
export function shortLinkOf(id: string): string {
  let rest = Number.parseInt(id.slice(-8), 16)
  let link = ''
  while (link.length < 8) {
    link += letters[rest % letters.length]
    rest = Math.floor(rest / 7) + 31 * (link.length + 1)
  }
  return link
}

/** The time at which a model was made, in milliseconds. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16) * 1000
}

const seedTime = '68f1c2d4'
const letters = '0123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ'
