import type { Switches } from '../../../examples/local-trello/local-trello'
import { markdownRow } from './promises-table'

/** One position of what nobody knows of the real Trello, and what a person gets there. */
export interface FirstClickRow {
  preflight: Switches['preflight']
  hostCommands: Switches['hostCommands']
  expected: FirstClick
}

/** What was seen, in words. */
export interface FirstClick {
  /** The end of the first sign-in. */
  signIn: string
  /** The way that is stored with the grant. */
  way: string
  /** Windows that the person had to click through. */
  clicks: number
  /** Codes that reached the token endpoint, from a page or from Trello's server. */
  codes: number
  /** An API call an hour later: what it got, and the token requests that it took. */
  anHourLater: string
  /** The same in another frame of the board. */
  otherFrame: string
  /** The same in another tab. */
  otherTab: string
  /** The same after the option `tokenEndpoint` was set to the URL of the endpoint. */
  optionChanged: string
}

const renewed = 'the answer, 1 request'
const unchanged = { anHourLater: renewed, otherFrame: renewed, otherTab: renewed }
const connected = { signIn: 'authorized', clicks: 1, codes: 1, ...unchanged }

const json: FirstClick = { ...connected, way: 'json', optionChanged: renewed }
const trelloPage: FirstClick = {
  ...connected,
  way: 'trelloPage',
  optionChanged: 'tokenExpired, 0 requests; a click opens a window',
}
const form: FirstClick = {
  ...connected,
  way: 'form',
  optionChanged: 'tokenEndpointUnreadable, 0 requests; a click opens a window',
}
const nothing = 'notAuthorized, 0 requests'
const noWay: FirstClick = {
  signIn: 'tokenEndpointUnreadable',
  way: '',
  clicks: 1,
  codes: 1,
  anHourLater: nothing,
  otherFrame: nothing,
  otherTab: nothing,
  optionChanged: `${nothing}; a click opens a window`,
}

export const firstClickRows: readonly FirstClickRow[] = [
  { preflight: 'answered', hostCommands: 'there', expected: json },
  { preflight: 'answered', hostCommands: 'missing', expected: json },
  { preflight: 'answered', hostCommands: 'failing', expected: json },
  { preflight: 'refused', hostCommands: 'there', expected: trelloPage },
  { preflight: 'refused', hostCommands: 'missing', expected: noWay },
  { preflight: 'refused', hostCommands: 'failing', expected: noWay },
  { preflight: 'simpleOnly', hostCommands: 'there', expected: trelloPage },
  { preflight: 'simpleOnly', hostCommands: 'missing', expected: form },
  { preflight: 'simpleOnly', hostCommands: 'failing', expected: form },
  { preflight: 'simpleOnly', hostCommands: 'unanswered', expected: form },
]

export const firstClickLegend = `Written by \`test/browser/first-click.test.ts\`; the same in Chromium, Firefox and WebKitGTK. A card section signs in with
\`tokenEndpoint\` left out. An hour later its access token is dead, and the section, the connector and a section in
another tab each make a call. At last the option is set to the URL of the endpoint, and another hour goes by.`

export function firstClickTable(rows: readonly FirstClickRow[]): readonly string[] {
  return [
    markdownRow([
      'preflight',
      'host commands',
      'first click',
      'windows',
      'codes sent',
      'way',
      'an hour later',
      'other frame',
      'other tab',
      'option changed',
    ]),
    markdownRow(Array.from({ length: 10 }, () => '---')),
    ...rows.map(({ preflight, hostCommands, expected }) =>
      markdownRow([
        preflight,
        hostCommands,
        expected.signIn,
        String(expected.clicks),
        String(expected.codes),
        expected.way,
        expected.anHourLater,
        expected.otherFrame,
        expected.otherTab,
        expected.optionChanged,
      ]),
    ),
  ]
}
