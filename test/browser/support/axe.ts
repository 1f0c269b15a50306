import { readFileSync } from 'node:fs'
import type { Frame } from 'puppeteer-core'

/** What axe finds in the frame that keeps somebody from using it. */
export async function axeViolations(frame: Frame): Promise<readonly string[]> {
  if (!(await frame.evaluate('"axe" in window'))) {
    await frame.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'))
  }
  const options = {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    // The page around the frame has it.
    rules: { 'page-has-heading-one': { enabled: false } },
  }
  return frame.evaluate(`axe.run(document, ${JSON.stringify(options)}).then(({ violations, passes }) => [
    ...violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' at ' + target + ': ' + failureSummary)),
    // A contrast that could not be judged is not a good one.
    ...(passes.some(({ id }) => id === 'color-contrast') ? [] : ['color-contrast was not judged']),
  ])`) as Promise<string[]>
}
