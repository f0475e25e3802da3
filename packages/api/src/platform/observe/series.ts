import { Counter, type CounterConfiguration } from 'prom-client'

/** One series of a counter. */
export interface Series {
  /** Counts one. */
  add(): void
}

class Held implements Series {
  count = 0

  add(): void {
    this.count += 1
  }
}

/**
 * A counter whose series can be held, for what happens with every request: prom-client checks and joins the labels each time,
 * a series that is held is a number until somebody asks for it.
 */
export class SeriesCounter<L extends string> extends Counter<L> {
  readonly #held: { readonly labels: Partial<Record<L, string | number>>; readonly series: Held }[] = []

  constructor(options: Omit<CounterConfiguration<L>, 'collect'>) {
    super({ ...options, collect: () => this.#handOver() })
  }

  series(labels: Partial<Record<L, string | number>>): Series {
    const series = new Held()
    this.#held.push({ labels, series })
    return series
  }

  #handOver(): void {
    for (const { labels, series } of this.#held) {
      // One that nothing has happened to is not told of.
      if (series.count > 0) this.inc(labels, series.count)
      series.count = 0
    }
  }
}
