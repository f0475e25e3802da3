import { conflict, invalid, notFound } from '../../platform/errors.ts'

export const userNotFound = notFound('user_not_found', 'There is no such user.')
export const emailTaken = conflict('email_taken', 'Another user has this e-mail address.')
export const lastAdmin = conflict('last_admin', 'The shop needs an admin: this is the last one.')
export const userErased = conflict('user_erased', 'This user was erased.')
export const permissionsNeedStaff = invalid('permissions_need_staff', 'Only members of staff have permissions.')
