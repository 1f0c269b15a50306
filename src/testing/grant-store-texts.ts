import { type GrantStoreRules, shown } from './grant-store-check'

/** The rules about keys and values as texts. */
export const TEXT_RULES: GrantStoreRules = {
  'a value comes back as it was': async (subject) => {
    const key = subject.newKey()
    for (const text of VALUES) {
      const { value } = await subject.put(key, text)
      if (value !== text) subject.fail(`${shown(text)} came back as ${shown(value)}.`)
    }
  },

  'a value of a megabyte comes back whole': async (subject) => {
    const key = subject.newKey()
    for (const text of ['x'.repeat(1_000_000), `${'é漢🙂'.repeat(120_000)}.`]) {
      const { value } = await subject.put(key, text)
      if (value !== text) subject.fail(`Of ${text.length} characters ${value.length} came back, or others.`)
    }
  },

  'odd keys are keys like any other, and each is another one': async (subject) => {
    // Nothing may be left of a run that was ended by force.
    for (const key of KEYS) await subject.clear(key)
    for (const key of KEYS) {
      await subject.swap(key, undefined, `the value of ${key}`, true)
    }
    for (const key of KEYS) {
      const { value } = await subject.read(key)
      if (value !== `the value of ${key}`) subject.fail(`${shown(key)} has ${shown(value)}.`)
    }
    const listed = await subject.keys()
    const missing = KEYS.find((key) => !listed.includes(key))
    if (missing !== undefined) subject.fail(`keys() does not list ${shown(missing)}.`)
    for (const key of KEYS) {
      await subject.clear(key)
      if ((await subject.store.get(key)) !== undefined) subject.fail(`${shown(key)} was not removed.`)
    }
  },

  'keys() lists each key once, and no removed one': async (subject) => {
    const keys = Array.from({ length: 200 }, (_, at) => subject.newKey(String(at)))
    await Promise.all(keys.map((key) => subject.swap(key, undefined, 'value', true)))
    const removed = keys.filter((_, at) => at % 5 === 0)
    for (const key of removed) await subject.clear(key)
    const listed = await subject.keys()
    for (const key of keys) {
      const times = listed.filter((each) => each === key).length
      const right = removed.includes(key) ? 0 : 1
      if (times !== right) subject.fail(`keys() lists a key ${times} times instead of ${right}.`)
    }
  },
}

const VALUES: readonly string[] = [
  ' a value with spaces around it  ',
  'one line\nanother\r\nand one more\n',
  '\ttab, "quotes", \'apostrophes\', back\\slash, `x`, $1, %s, :name, ?',
  '{"refreshToken":"a\\u0000b","n":1}',
  'null',
  'true',
  '007',
  '1e3',
  '\ufeffa byte order mark',
  'é is not e\u0301',
  '漢字, עברית, 🙂, 👩‍👩‍👧',
  '\u007f\u0085\u2028\ufffd\uffff',
]

const LONG = 'x'.repeat(4_000)

/** Each of these was taken for another one by some store: a folder, a pattern, a number, the same in other letters. */
const KEYS: readonly string[] = [
  'odd',
  'ODD',
  'Odd',
  ' odd',
  'odd ',
  'odd.',
  '.odd',
  'odd/',
  '/odd',
  'odd/odd',
  'odd\\odd',
  'odd%2Fodd',
  'odd%',
  'odd_',
  'odd*',
  'odd?',
  'odd[1]',
  'odd:odd',
  'odd\nodd',
  "odd'odd",
  'odd"odd',
  'odd\u007f',
  '.',
  '..',
  '../odd',
  '0',
  '00',
  'CON',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  'é',
  'e\u0301',
  'ß',
  'ss',
  'ſs',
  '🙂',
  '漢',
  `${LONG}1`,
  `${LONG}2`,
]
