import { amountOf, checkStep, currencyOf } from './amounts.ts'
import { ApiError, missing, wrongParameter } from './api-error.ts'
import { cards } from './cards.ts'
import type { Clock } from './clock.ts'
import type { Operation } from './faults.ts'
import { type Form, numberOf, textOf, textsOf } from './form.ts'
import type { Intent, Intents } from './intents.ts'
import type { Refunds } from './refunds.ts'

export interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  readonly operation: Operation
  /** Answers with an object to be shown. `id` is what the path names. Raises an {@link ApiError}. */
  readonly answer: (form: Form, id: string) => object
}

interface ApiOptions {
  readonly clock: Clock
  readonly intents: Intents
  readonly refunds: Refunds
  /** How far the search runs behind, in milliseconds. */
  readonly searchLagMs: number
}

/** The part of Stripe's API that takes and returns card payments. */
export function createApi({ clock, intents, refunds, searchLagMs }: ApiOptions): readonly Endpoint[] {
  const intentOf = (id: string): Intent => {
    const intent = intents.get(id)
    if (intent === undefined) throw missing('payment_intent', id, 'intent')
    return intent
  }

  function confirm(intent: Intent, form: Form): Intent {
    const method = textOf(form, 'payment_method')
    if (method === undefined) throw wrongParameter('payment_method', 'You must provide a payment_method to confirm.')
    if (cards[method] === undefined) throw missing('PaymentMethod', method, 'payment_method', 400)
    const returnUrl = textOf(form, 'return_url')
    if (returnUrl === undefined) throw wrongParameter('return_url', 'You must provide a `return_url` to confirm.')
    intents.confirm(intent, method, returnUrl)
    const error = intent.last_payment_error
    if (error !== null) throw new ApiError(402, { ...error, payment_intent: intent }, true)
    return intent
  }

  function create(form: Form): Intent {
    if (form.payment_method_types !== undefined) {
      const message = 'payment_method_types is no longer supported on this API version.'
      throw wrongParameter('payment_method_types', message, 'payment_method_types_no_longer_supported')
    }
    const currency = currencyOf(form)
    const amount = amountOf(form, currency)
    const confirms = textOf(form, 'confirm') === 'true'
    // Checked before anything is made: a wrong parameter leaves nothing behind.
    const method = textOf(form, 'payment_method')
    if (confirms && method !== undefined && cards[method] === undefined) {
      throw missing('PaymentMethod', method, 'payment_method', 400)
    }
    const intent = intents.create({
      amount,
      currency,
      captureMethod: textOf(form, 'capture_method') === 'manual' ? 'manual' : 'automatic_async',
      description: textOf(form, 'description') ?? null,
      metadata: textsOf(form, 'metadata'),
    })
    return confirms ? confirm(intent, form) : intent
  }

  function list(form: Form): object {
    const created = form.created
    const since = typeof created === 'object' ? numberOf(created, 'gte') : undefined
    const all = intents.all().filter((intent) => since === undefined || intent.created >= since)
    return pageOf(all, form, '/v1/payment_intents')
  }

  function search(form: Form): object {
    const wanted = [...(textOf(form, 'query') ?? '').matchAll(/metadata\['([^']+)'\]:'([^']+)'/g)]
    if (wanted.length === 0) throw wrongParameter('query', 'We were unable to parse your search query.')
    const indexed = clock.seconds() - searchLagMs / 1_000
    const data = intents
      .all()
      .filter((intent) => intent.created <= indexed)
      .filter((intent) => wanted.every(([, name = '', value]) => intent.metadata[name] === value))
      .slice(0, limitOf(form))
    return { object: 'search_result', url: '/v1/payment_intents/search', has_more: false, next_page: null, data }
  }

  function capture(form: Form, id: string): Intent {
    const intent = intentOf(id)
    const asked = numberOf(form, 'amount_to_capture')
    if (
      asked !== undefined &&
      intent.status === 'requires_capture' &&
      !(asked > 0 && asked <= intent.amount_capturable)
    ) {
      throw wrongParameter('amount_to_capture', 'The amount cannot be captured.', 'amount_too_large')
    }
    intents.capture(intent, asked ?? intent.amount_capturable)
    return intent
  }

  function cancel(form: Form, id: string): Intent {
    const intent = intentOf(id)
    intents.cancel(intent, textOf(form, 'cancellation_reason') ?? null)
    return intent
  }

  function refund(form: Form): object {
    const intent = intents.get(textOf(form, 'payment_intent') ?? '')
    if (intent === undefined) throw missing('payment_intent', textOf(form, 'payment_intent') ?? '', 'payment_intent')
    const amount = numberOf(form, 'amount')
    if (amount !== undefined && !(amount > 0)) throw wrongParameter('amount', 'Invalid positive integer')
    if (amount !== undefined) checkStep(amount, intent.currency)
    return refunds.create(intent, amount, textsOf(form, 'metadata'))
  }

  function retrieveRefund(_: Form, id: string): object {
    const found = refunds.get(id)
    if (found === undefined) throw missing('refund', id, 'id')
    return found
  }

  const intentPath = '/v1/payment_intents'
  return [
    { method: 'POST', path: new RegExp(`^${intentPath}$`), operation: 'create', answer: create },
    { method: 'GET', path: new RegExp(`^${intentPath}$`), operation: 'list', answer: list },
    { method: 'GET', path: new RegExp(`^${intentPath}/search$`), operation: 'search', answer: search },
    {
      method: 'GET',
      path: new RegExp(`^${intentPath}/(\\w+)$`),
      operation: 'retrieve',
      answer: (_, id) => intentOf(id),
    },
    {
      method: 'POST',
      path: new RegExp(`^${intentPath}/(\\w+)/confirm$`),
      operation: 'confirm',
      answer: (form, id) => confirm(intentOf(id), form),
    },
    { method: 'POST', path: new RegExp(`^${intentPath}/(\\w+)/capture$`), operation: 'capture', answer: capture },
    { method: 'POST', path: new RegExp(`^${intentPath}/(\\w+)/cancel$`), operation: 'cancel', answer: cancel },
    { method: 'POST', path: /^\/v1\/refunds$/, operation: 'refund', answer: refund },
    {
      method: 'GET',
      path: /^\/v1\/refunds$/,
      operation: 'list_refunds',
      answer: (form) => pageOf(refunds.ofIntent(textOf(form, 'payment_intent') ?? ''), form, '/v1/refunds'),
    },
    { method: 'GET', path: /^\/v1\/refunds\/(\w+)$/, operation: 'retrieve_refund', answer: retrieveRefund },
  ]
}

const limitOf = (form: Form): number => Math.min(Math.max(numberOf(form, 'limit') || 10, 1), 100)

function pageOf(all: readonly { readonly id: string }[], form: Form, url: string): object {
  const after = textOf(form, 'starting_after')
  const rest = after === undefined ? all : all.slice(all.findIndex(({ id }) => id === after) + 1)
  const data = rest.slice(0, limitOf(form))
  return { object: 'list', url, has_more: data.length < rest.length, data }
}
