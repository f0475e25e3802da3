import { figure, type Report, ratio } from './report.ts'

const [WIDTH, ROW, LEFT, BAR] = [860, 46, 250, 460]

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** The ratios to the limit as bars, as an SVG of its own. */
export function picture(report: Report): string {
  const bars = report.results.flatMap((result, row) => {
    const limit = result.targets.at(-1) ?? ''
    const others = result.targets.slice(0, -1)
    return others.map((target, index) => {
      const height = 26 / others.length
      const y = 60 + row * ROW + index * height
      const share = ratio(result, target, limit)
      const rate = figure(result, target, 'rate') * result.journey.calls
      return [
        index === 0 && `<text x="12" y="${y + 17}">${escaped(`${result.journey.name} ${result.journey.title}`)}</text>`,
        `<rect x="${LEFT}" y="${y}" width="${Math.min(share, 1.1) * BAR}" height="${height - 2}" rx="3" fill="${index === 0 ? '#2f6f5e' : '#b9c7c1'}"/>`,
        `<text x="${LEFT + Math.min(share, 1.1) * BAR + 8}" y="${y + height - 8}" class="small">${share.toFixed(2)} · ${rate.toFixed(0)} req/s</text>`,
      ]
        .filter((part) => part !== false)
        .join('\n')
    })
  })
  const height = 80 + report.results.length * ROW
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="14">
<style>.small { font-size: 12px; fill: #444 }</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="12" y="28" font-weight="600">${escaped(`What the shop does of what its limit does: ${report.products.toLocaleString('en')} products, ${report.connections} connections`)}</text>
<line x1="${LEFT + BAR}" y1="44" x2="${LEFT + BAR}" y2="${height - 20}" stroke="#999" stroke-dasharray="3 3"/>
${bars.join('\n')}
</svg>
`
}
