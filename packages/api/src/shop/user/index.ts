export { type Role, roles, type Status, statuses, User, type UserId, UserSchema, userId } from './entity.ts'
