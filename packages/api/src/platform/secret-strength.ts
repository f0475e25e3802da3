/** What people write where a secret is asked for: none of these words is in one that was drawn by chance. */
const PLACEHOLDERS =
  /secret|change.?me|password|example|placeholder|replace|default|insert|barrow|0123456789|abcdefgh|qwertyui/i

/** How 32 random bytes are written. */
const BYTES = 32
const HEX = /^[0-9a-f]+$/i

/**
 * Why a text is no secret of 32 random bytes; undefined when it may be one. It cannot tell that nobody else knows it, only
 * what no good generator makes.
 */
export function weaknessOf(text: string): string | undefined {
  const bitsEach = HEX.test(text) ? 4 : 6
  if (text.length * bitsEach < BYTES * 8)
    return 'is shorter than 32 random bytes: 43 characters in base64, 64 in hexadecimal'
  if (PLACEHOLDERS.test(text)) return 'holds a word out of an example'
  if (isRepetition(text)) return 'repeats itself'
  // Of 32 random bytes in hexadecimal fewer than one in a million has so little, in base64 fewer yet.
  if (entropyOf(text) < (bitsEach === 4 ? 3.3 : 4)) return 'is too regular to be random'
  return undefined
}

/** Whether it is one shorter text again and again. */
const isRepetition = (text: string): boolean => `${text}${text}`.indexOf(text, 1) < text.length

/** Shannon's entropy of its characters, in bits for each. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => {
    const share = count / text.length
    return sum - share * Math.log2(share)
  }, 0)
}
