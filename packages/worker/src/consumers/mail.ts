import * as auth from '@barrow/api/auth'
import * as order from '@barrow/api/order'
import { consumer } from '../consumer.ts'
import * as accounts from '../mail/account-letters.ts'
import * as orders from '../mail/order-letters.ts'
import { send, toBuyer, toUser, withLink } from '../mail/post.ts'

/** Writes to people. */
export const mail = consumer({
  name: 'mail',
  events: [
    order.OrderConfirmed,
    order.OrderFulfilled,
    order.OrderCancelled,
    order.OrderPaymentFailed,
    order.OrderRefunded,
    ...auth.authEvents,
  ],
  before: async (ctx, event) => {
    switch (event.name) {
      case 'order.confirmed':
        return toBuyer(ctx, event, event.payload.orderId, orders.orderConfirmed)
      case 'order.fulfilled':
        return toBuyer(ctx, event, event.payload.orderId, orders.orderShipped)
      case 'order.cancelled':
        return toBuyer(ctx, event, event.payload.orderId, orders.orderCancelled)
      case 'order.payment_failed':
        return toBuyer(ctx, event, event.payload.orderId, orders.paymentFailed)
      case 'order.refunded': {
        const { orderId, amount } = event.payload
        return toBuyer(ctx, event, orderId, (mail) => orders.orderRefunded(mail, amount))
      }
      case 'auth.registered':
        return withLink(ctx, event, event.payload.linkId, '/verify-email', accounts.welcome)
      case 'auth.email_verification_requested':
        return withLink(ctx, event, event.payload.linkId, '/verify-email', accounts.verifyEmail)
      case 'auth.invited':
        return withLink(ctx, event, event.payload.linkId, '/reset-password', accounts.invitation)
      case 'auth.password_reset_requested':
        return withLink(ctx, event, event.payload.linkId, '/reset-password', accounts.resetPassword)
      case 'auth.password_outgrown':
        return withLink(ctx, event, event.payload.linkId, '/reset-password', accounts.passwordOutgrown)
      case 'auth.email_change_requested': {
        await withLink(ctx, event, event.payload.linkId, '/change-email', accounts.changeEmail)
        const change = await auth.emailChange(ctx, event.payload.linkId)
        if (change?.oldEmail) await send(ctx, event, change.oldEmail, accounts.emailChangeNotice(change.name), 'notice')
        return
      }
      case 'auth.email_changed': {
        const change = await auth.emailChange(ctx, event.payload.linkId)
        if (change?.oldEmail) await send(ctx, event, change.oldEmail, accounts.emailChangedNotice(change.name))
        return
      }
      case 'auth.already_registered':
        return toUser(ctx, event, event.payload.userId, accounts.alreadyRegistered)
      case 'auth.password_changed':
        return toUser(ctx, event, event.payload.userId, accounts.passwordChanged)
      case 'auth.totp_enabled':
        return toUser(ctx, event, event.payload.userId, accounts.totpEnabled)
      case 'auth.totp_disabled': {
        const { userId, by } = event.payload
        return toUser(ctx, event, userId, (name) => accounts.totpDisabled(name, by))
      }
      case 'auth.recovery_code_used': {
        const { userId, left } = event.payload
        return toUser(ctx, event, userId, (name) => accounts.recoveryCodeUsed(name, left))
      }
      case 'auth.email_verified':
        return
    }
  },
})
