/** The tones a product is drawn in: its own colour in three lights, and the pale ground behind it. */
export interface Palette {
  base: string
  shade: string
  light: string
  ground: string
}

/** A palette for every colour the demo shop sells; an option value "Pine" is drawn in `pine`. */
export const palettes = {
  pine: { base: '#2f5d50', shade: '#234539', light: '#568b78', ground: '#dde8e1' },
  moss: { base: '#7a8b4f', shade: '#5f6d3c', light: '#a1b274', ground: '#eaeedb' },
  clay: { base: '#c4704b', shade: '#a15638', light: '#dd9672', ground: '#f6e6db' },
  sand: { base: '#d0b284', shade: '#ae9062', light: '#e5d2ae', ground: '#f5eede' },
  slate: { base: '#5a6b7b', shade: '#435160', light: '#8496a6', ground: '#e3e9ee' },
  ink: { base: '#2b3a55', shade: '#1e2a40', light: '#536a92', ground: '#e0e6f0' },
  mustard: { base: '#d9a441', shade: '#b58226', light: '#edc878', ground: '#faf0d8' },
  rust: { base: '#a9432d', shade: '#84321f', light: '#cc6d54', ground: '#f5e1d9' },
  sky: { base: '#7fb0c8', shade: '#5b90ab', light: '#aad1e3', ground: '#e5f1f5' },
  plum: { base: '#6d4560', shade: '#523248', light: '#96708a', ground: '#efe3eb' },
  cream: { base: '#efe6d5', shade: '#d6c9af', light: '#fbf8f0', ground: '#c9d5cd' },
  charcoal: { base: '#3a3d40', shade: '#282a2c', light: '#686c70', ground: '#e6e5e1' },
  copper: { base: '#b87348', shade: '#935735', light: '#d79f79', ground: '#e0e8e6' },
  rose: { base: '#d58f8f', shade: '#b56e6e', light: '#eab9b9', ground: '#f8e8e5' },
  oak: { base: '#b98a5a', shade: '#946a40', light: '#d6b185', ground: '#e4eae2' },
} as const satisfies Record<string, Palette>

export type Colour = keyof typeof palettes
