import { notFound } from '../../platform/errors.ts'

export const shippingMethodNotFound = notFound('shipping_method_not_found', 'There is no such shipping method.')
