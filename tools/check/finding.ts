/** A kind of thing that a move touches, with the words that people read. */
export interface Kind {
  /** The thing that was found. */
  title: string
  /** The heading of docs/migration.md that answers it, as an anchor. */
  heading: string
  /** Tells that only a person can say what to do. */
  isUndecided: boolean
  /** One sentence on what to do. */
  advice: string
}

/** A place in a file. */
export interface Finding {
  /** The kind, one of `KINDS`. */
  kind: KindName
  /** The path of the file, relative to the folder. */
  path: string
  /** The line, from 1. */
  line: number
}

/** The name of a kind. */
export type KindName = keyof typeof KINDS

/** All kinds, in the order of the report. */
export const KINDS = {
  powerUpScript: {
    title: "Pages that load Trello's script",
    heading: 'script-tags',
    isUndecided: false,
    advice:
      'Two more script tags go right after this one. With a bundler, install() is called before anything of Trello is.',
  },
  policy: {
    title: 'A Content-Security-Policy',
    heading: 'first-for-everybody',
    isUndecided: false,
    advice: 'Its connect-src needs https://api.trello.com and https://auth.atlassian.com.',
  },
  scope: {
    title: 'Old scopes and lifetimes',
    heading: 'first-for-everybody',
    isUndecided: false,
    advice: 'They have no counterpart. List the scopes of your requests with requiredScopes().',
  },
  request: {
    title: 'Key and token in a request',
    heading: 'script-tags',
    isUndecided: false,
    advice: 'To Trello: the adapter puts a Bearer header in. To your own server: change it.',
  },
  consentUrl: {
    title: 'Consent by t.authorize, or by an address of trello.com/1/authorize',
    heading: 'tauthorize',
    isUndecided: false,
    advice: 'restApi.authorize() instead. The return page goes.',
  },
  clientScript: {
    title: 'The client.js of Trello',
    heading: 'clientjs',
    isUndecided: false,
    advice:
      'Trello.get and its siblings stay, with the adapter. Trello.authorize becomes restApi.authorize().',
  },
  trelloJs: {
    title: 'The package trello.js',
    heading: 'trellojs',
    isUndecided: false,
    advice: 'Give its functions trelloJsClient(client) of powerup-oauth/trello-js.',
  },
  relativeAddress: {
    title: 'A callback address relative to the page',
    heading: 'a-router-or-a-sub-path',
    isUndecided: true,
    advice:
      'It is another one in each folder and route. Right where all pages are in one folder; else write it from the root.',
  },
  tokenPath: {
    title: 'A token in the path of an address',
    heading: 'what-needs-a-human',
    isUndecided: true,
    advice: 'The adapter refuses it. POST /1/webhooks, the state, or /1/members/me instead.',
  },
  tokenShape: {
    title: 'A test for the shape of a token',
    heading: 'what-needs-a-human',
    isUndecided: true,
    advice: 'An access token has another shape. Delete the test.',
  },
  keptToken: {
    title: "A token kept in Trello's storage",
    heading: 'tokens-that-you-kept-yourself',
    isUndecided: true,
    advice: 'It is stale in an hour. Under (member, private) it can be taken over, elsewhere not.',
  },
  storedToken: {
    title: 'A token kept in localStorage, sessionStorage or storeToken()',
    heading: 'what-needs-a-human',
    isUndecided: true,
    advice: 'It is stale in an hour. Ask for it with getToken() where it is needed.',
  },
  passedToken: {
    title: 'A token handed to another frame, or sent in a header',
    heading: 'what-needs-a-human',
    isUndecided: true,
    advice: 'It is stale in an hour. Call getToken() where it is needed, just before.',
  },
  lateConsent: {
    title: 'A call of authorize() after a wait',
    heading: 'what-needs-a-human',
    isUndecided: true,
    advice: 'Browsers block the window. Call it first thing in the click.',
  },
  consentOnLoad: {
    title: 'A call of authorize() without a click in the frame',
    heading: 'what-needs-a-human',
    isUndecided: true,
    advice: 'Browsers block the window. Call it first thing in a click.',
  },
  noOptions: {
    title: 'A call of iframe() or initialize() without options, which getRestApi() needs',
    heading: 'order-of-scripts',
    isUndecided: true,
    advice: 'Give them the options, or give install() your appKey.',
  },
  noHeader: {
    title: 'A request that the adapter can put no header into',
    heading: 'what-needs-a-human',
    isUndecided: true,
    advice: 'A synchronous request, JSONP, or an OAuth header of its own: send it in another way.',
  },
  otherRequest: {
    title: "An address of Trello's API in a file that shows no key and token",
    heading: 'what-needs-a-human',
    isUndecided: true,
    advice: 'What is sent there is put together elsewhere. Follow it to where key and token come from.',
  },
  markup: {
    title: 'Code in markup, which this check does not parse',
    heading: 'what-needs-a-human',
    isUndecided: true,
    advice: 'It names a token, authorize() or an address of Trello.',
  },
  unread: {
    title: "Code that can't be read or parsed",
    heading: 'what-needs-a-human',
    isUndecided: true,
    advice: 'Look at it yourself: the check has not.',
  },
} as const satisfies Record<string, Kind>
