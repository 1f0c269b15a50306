/** Many answers of Trello at once, and long lists page by page. */
export { type BatchClient, type BatchOptions, batch } from './api/batch'
export { type PaginateOptions, paginate } from './api/paginate'
