import { writeFileSync } from 'node:fs'
import { API_REPORT, apiReport } from '../test/package/api-report'
import { writeCdnLines } from '../test/package/cdn-lines'
import { REFERENCE, reference } from '../test/package/reference'

// `npm run api-report`, after a build: writes down what users see, so that a change of it is seen in review.

writeFileSync(REFERENCE, reference())
writeFileSync(API_REPORT, apiReport())
writeCdnLines()
