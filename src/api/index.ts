export { type BatchClient, type BatchOptions, batch } from './batch'
export { type PaginateOptions, paginate } from './paginate'
