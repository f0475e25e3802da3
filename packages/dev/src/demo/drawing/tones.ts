/** Materials that look the same whatever colour a product has. */
export const tones = {
  wood: '#b98a5a',
  woodShade: '#946a40',
  metal: '#a9b2b6',
  metalShade: '#7d888e',
  iron: '#34373a',
  paper: '#fbf6ea',
  leaf: '#5f8a5a',
  leafShade: '#456b45',
  flame: '#f4b942',
  flameCore: '#fde7a8',
  leather: '#8a5a3a',
  water: '#6fa5c0',
  soil: '#5a4132',
  dark: '#1f2a2a',
  white: '#ffffff',
} as const
