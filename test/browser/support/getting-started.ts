import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Makes the folder of docs/getting-started.md, as that page says, and gives its path. */
export async function makeFirstPowerUp(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'my-power-up-'))
  const page = await readFile('docs/getting-started.md', 'utf8')
  const [, copied = ''] = page.match(/^cp (.+) \.\.\/my-power-up\/$/m) ?? []
  for (const file of copied.split(' ')) await cp(file, join(folder, file.split('/').at(-1) ?? ''))
  for (const [, name = '', content = ''] of page.matchAll(/<!-- file: (.+) -->\n```\w+\n([\s\S]*?)```/g)) {
    await writeFile(join(folder, name), content)
  }
  return folder
}
