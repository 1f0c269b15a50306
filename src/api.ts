export { type BatchClient, type BatchOptions, batch } from './api/batch'
export { type PaginateOptions, paginate } from './api/paginate'
