/** Shapes of an SVG picture, each as one element. Coordinates are of a square of 800 by 800. */

export function path(d: string, fill: string, opacity = 1): string {
  return `<path d="${d}" fill="${fill}"${faded(opacity)}/>`
}

export function stroke(d: string, colour: string, width: number, opacity = 1): string {
  const round = 'stroke-linecap="round" stroke-linejoin="round"'
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" ${round}${faded(opacity)}/>`
}

export function dashes(d: string, colour: string, width: number, pattern: string, opacity = 1): string {
  const dashed = `stroke-dasharray="${pattern}"`
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" ${dashed}${faded(opacity)}/>`
}

export function box(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  radius = 0,
  opacity = 1,
): string {
  const corners = radius === 0 ? '' : ` rx="${radius}"`
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}"${corners} fill="${fill}"${faded(opacity)}/>`
}

export function oval(cx: number, cy: number, rx: number, ry: number, fill: string, opacity = 1): string {
  return `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="${fill}"${faded(opacity)}/>`
}

export function disc(cx: number, cy: number, r: number, fill: string, opacity = 1): string {
  return `<circle cx="${cx}" cy="${cy}" r="${r}" fill="${fill}"${faded(opacity)}/>`
}

/** The same shapes again, moved and turned. */
export function placed(shapes: string, transform: string): string {
  return `<g transform="${transform}">${shapes}</g>`
}

/** Left half and its mirror image about the middle of the picture. */
export function mirrored(shapes: string): string {
  return shapes + placed(shapes, 'matrix(-1 0 0 1 800 0)')
}

/** Whatever `shape` draws for each number from 0 up to `count`. */
export function repeat(count: number, shape: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => shape(index)).join('')
}

function faded(opacity: number): string {
  return opacity === 1 ? '' : ` opacity="${opacity}"`
}
