export { type BatchOptions, batch } from './batch'
export { type PaginateOptions, paginate } from './paginate'
