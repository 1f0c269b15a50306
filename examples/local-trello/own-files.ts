import { fileURLToPath } from 'node:url'

/**
 * Finds a file or a folder of the tool by its path below the tool's own folder: the sources in the repository, and what
 * was built of them in the package. The build lays both out alike, and puts this module directly into the folder.
 */
export function ownFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
