import { text } from '../../platform/text.ts'

/** An address a browser can show a picture from: https, or a file that this shop serves itself. Never fetched here. */
export const ImageUrl = text(2048).refine(
  (url) =>
    (/^https:\/\/[^\s"'<>\\]+$/.test(url) && URL.canParse(url)) ||
    (/^\/media\/[\w.%/-]+$/.test(url) && !url.split('/').includes('..')),
  'must be an https address or a path below /media/',
)
