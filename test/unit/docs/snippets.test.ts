// @vitest-environment node
import { expect, it } from 'vitest'
import { pages } from './pages'
import { problemsIn, snippetsOf } from './snippets'

// The recipes are built as a whole, with tools that are not here: `npm run support`.
const snippets = Object.entries(pages())
  .filter(([page]) => !page.startsWith('docs/recipes/'))
  .flatMap(([page, text]) => snippetsOf(page, text))

/** Compiled along with the real ones, so that it is seen that the check can fail. */
const broken = snippetsOf(
  'broken.md',
  `# A page
\`\`\`js
const length = (anything) => anything.length
client.authorise()
\`\`\`
<!-- continues -->
\`\`\`ts
import { noSuchName } from 'powerup-oauth'
export const size = length('text')
\`\`\`
<!-- given
declare const place: string -->

\`\`\`ts
export const text: string = place.length
\`\`\`
<!-- not compiled: it shows what is wrong -->
\`\`\`ts
nonsense(
\`\`\`
`,
)

it('each block of code in the pages compiles against the sources', { timeout: 120_000 }, () => {
  const problems = problemsIn([...snippets, ...broken])
  expect(problems.filter((problem) => !problem.startsWith('broken.md'))).toEqual([])
  expect(problems.filter((problem) => problem.startsWith('broken.md'))).toEqual([
    expect.stringMatching(/^broken.md:4: Property 'authorise' does not exist/),
    expect.stringMatching(/^broken.md:8: Module .* has no exported member 'noSuchName'/),
    expect.stringMatching(/^broken.md:15: Type 'number' is not assignable to type 'string'/),
  ])
})

it('is left out for a reason only', () => {
  expect(snippets.filter(({ exemption }) => exemption === '')).toEqual([])
})
