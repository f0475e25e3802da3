import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../../platform/pages.ts'
import { mutation, query, subscription } from '../../platform/trpc.ts'
import * as cart from '../cart/index.ts'
import { outOfStock } from '../inventory/index.ts'
import { nothingToRefund, refundTooLarge } from '../payment/index.ts'
import { cancel } from './cancel.ts'
import { addNote, fulfil } from './commands.ts'
import {
  cartOrdered,
  orderLineNotFound,
  orderNotCancellable,
  orderNotFound,
  orderNotFulfillable,
  orderNotPayable,
  restockTooLarge,
} from './errors.ts'
import { history, list, listAll, note, notes } from './lists.ts'
import { confirmPayment, pay } from './pay.ts'
import { place } from './place.ts'
import { get } from './queries.ts'
import { refund } from './refund.ts'
import {
  AddNote,
  FulfilOrder,
  ListAllOrders,
  ListOfOrder,
  ListOrders,
  MomentView,
  NoteView,
  OrderOf,
  OrderRow,
  OrderState,
  OrderSummary,
  OrderView,
  PayOrder,
  PlaceOrder,
  RefundOrder,
  RefundView,
  StaffOrderRow,
  WatchOrder,
} from './schema.ts'
import { watch } from './watch.ts'

export const orderRouter = {
  place: mutation(
    {
      access: 'shopper',
      rest: 'POST /orders -> /orders/{id}',
      summary: 'Makes an order of a cart at the price its buyer was shown, keeps its stock, and asks for the money.',
      input: PlaceOrder,
      output: OrderSummary,
      limit: 'checkout',
      transaction: 'own',
      keyRequired: true,
      errors: [
        cart.cartNotFound,
        cart.cartClosed,
        cart.cartEmpty,
        cart.cartIncomplete,
        cart.linesUnavailable,
        cart.quoteInvalid,
        cart.priceChanged,
        cartOrdered,
        outOfStock,
      ],
    },
    place,
  ),
  confirmPayment: mutation(
    {
      access: 'public',
      rest: 'POST /orders/{orderId}/confirm-payment',
      summary: 'Goes on with a payment after the buyer has done what the provider asked of them.',
      input: OrderOf,
      output: OrderSummary,
      limit: 'checkout',
      transaction: 'own',
      errors: [orderNotFound, orderNotPayable],
    },
    confirmPayment,
  ),
  pay: mutation(
    {
      access: 'public',
      rest: 'POST /orders/{orderId}/pay',
      summary: 'Tries again to pay an order whose payment failed, at the sums it was placed with.',
      input: PayOrder,
      output: OrderSummary,
      limit: 'checkout',
      transaction: 'own',
      keyRequired: true,
      errors: [orderNotFound, orderNotPayable, outOfStock],
    },
    pay,
  ),
  cancel: mutation(
    {
      access: 'public',
      rest: 'POST /orders/{orderId}/cancel',
      summary: 'Calls an order off before it is sent: the buyer their own, staff with `orders:write` any.',
      input: OrderOf,
      output: OrderSummary,
      errors: [orderNotFound, orderNotCancellable],
    },
    cancel,
  ),
  get: query(
    {
      access: 'public',
      rest: 'GET /orders/{orderId}',
      summary: 'One order: the buyer’s own, any for staff with `orders:read`, or the one of a guest token.',
      input: OrderOf,
      output: OrderView,
      errors: [orderNotFound],
    },
    get,
  ),
  list: query(
    {
      access: 'shopper',
      rest: 'GET /orders',
      summary: 'A shopper’s own orders, newest first.',
      input: ListOrders,
      output: pageOf(OrderRow),
    },
    list,
  ),
  watch: subscription(
    {
      access: 'public',
      summary: 'Where an order stands, now and whenever that changes.',
      input: WatchOrder,
      output: OrderState,
      errors: [orderNotFound],
    },
    watch,
  ),
  listAll: query(
    {
      access: 'orders:read',
      rest: 'GET /admin/orders',
      summary: 'Every order, newest first, by status, number, e-mail or date.',
      input: ListAllOrders,
      output: pageOf(StaffOrderRow),
    },
    listAll,
  ),
  history: query(
    {
      access: 'orders:read',
      rest: 'GET /orders/{orderId}/history',
      summary: 'What happened to an order and by whom, newest first.',
      input: ListOfOrder,
      output: pageOf(MomentView),
      errors: [orderNotFound],
    },
    history,
  ),
  fulfil: mutation(
    {
      access: 'orders:write',
      rest: 'POST /orders/{orderId}/fulfil',
      summary: 'Notes that an order has been sent, whole, and with what.',
      input: FulfilOrder,
      output: OrderSummary,
      errors: [orderNotFound, orderNotFulfillable],
    },
    fulfil,
  ),
  refund: mutation(
    {
      access: 'orders:refund',
      rest: 'POST /orders/{orderId}/refunds -> 201',
      recentLogin: true,
      summary: 'Hands back all of what was paid or a part, and takes lines back into stock.',
      input: RefundOrder,
      output: RefundView,
      errors: [orderNotFound, nothingToRefund, refundTooLarge, orderLineNotFound, restockTooLarge],
    },
    refund,
  ),
  addNote: mutation(
    {
      access: 'orders:write',
      rest: 'POST /orders/{orderId}/notes -> 201',
      summary: 'Writes something about an order that only staff read.',
      input: AddNote,
      output: NoteView,
      repeat: note,
      errors: [orderNotFound],
    },
    addNote,
  ),
  notes: query(
    {
      access: 'orders:read',
      rest: 'GET /orders/{orderId}/notes',
      summary: 'What staff wrote about an order, newest first.',
      input: ListOfOrder,
      output: pageOf(NoteView),
      errors: [orderNotFound],
    },
    notes,
  ),
} satisfies TRPCRouterRecord
