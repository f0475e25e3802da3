export { Category, type CategoryId, CategorySchema, categoryId } from './entity.ts'
export { categoryNotFound, slugTaken } from './errors.ts'
export { CategoryChanged } from './events.ts'
export { CategoryView } from './schema.ts'
