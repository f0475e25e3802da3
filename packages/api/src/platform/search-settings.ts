import { z } from 'zod'
import { languages } from './search/languages.ts'

/** What finds products. */
export const searchSettings = {
  /** What answers searches. PostgreSQL is kept up to date either way, and answers while OpenSearch is away. */
  SEARCH: z.enum(['postgres', 'opensearch']).default('postgres'),
  /** The language of the catalogue, whose endings searches know; `simple` knows none. Changed, the index is rebuilt. */
  SEARCH_LANGUAGE: z.enum(languages).default('english'),
}

type Settings = z.output<z.ZodObject<typeof searchSettings>>

export const readSearch = ({ SEARCH: kind, SEARCH_LANGUAGE: language }: Settings) => ({ kind, language })
