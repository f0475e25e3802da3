/** Why a URL may not be called, as far as its text tells. */
export type Refusal = 'scheme' | 'credentials' | 'port' | 'address'

export type Outcome =
  /** `excerpt`: the beginning of the answer's body, at most 200 characters of one line. */
  | { readonly kind: 'answered'; readonly status: number; readonly excerpt: string }
  /** `error`: one sentence of ours, never the words of a library or a stranger. */
  | { readonly kind: 'failed'; readonly error: string }

/** Calls servers that somebody else names: nothing they say or redirect to reaches what is not theirs. */
export interface Outbound {
  /** Judges a URL by its text, when it is first given; `post` judges again, with the addresses its name leads to. */
  refusal(url: string): Refusal | undefined
  /** Sends a body once, without following redirects. Trouble on the way is an outcome, not an error. */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Outcome>
}
