/** Scripts that put no spaces between words: each of their characters is looked for on its own. */
const UNSPACED =
  /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}])/gu
/** The longest word that is looked for; longer ones are cut. */
const MAX_WORD = 64

/**
 * The words of a text, lower case, without punctuation: the same for what is indexed and what is asked for, whatever the
 * engine. So no sign of a query language reaches one.
 */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .replaceAll(UNSPACED, ' $1 ')
    .split(' ')
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .map((word) => [...word].slice(0, MAX_WORD).join(''))

/** A code as it is compared: however it is cased and spaced around. */
export const codeOf = (text: string): string => text.normalize('NFKC').toLowerCase().normalize('NFC').trim()

/** The text of a document as it is indexed: its words, up to so many characters of them. */
export const indexed = (parts: readonly string[], maxLength: number): string => {
  let length = 0
  const words: string[] = []
  for (const word of parts.flatMap((part) => wordsOf(part.slice(0, maxLength)))) {
    length += word.length + 1
    if (length > maxLength) break
    words.push(word)
  }
  return words.join(' ')
}

/** A text to sort by, so that both engines put accents and cases where people look for them. */
export const orderOf = (text: string): string =>
  [...text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()].slice(0, 100).join('')
