import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { type Config, ConfigError, readConfig, readDatabase } from '@barrow/api/runtime'
import type { Io } from './io.ts'

/**
 * The settings of the environment, or those of a shop that `pnpm dev` runs on this machine. The two are never mixed: with
 * another DATABASE_URL, the running shop's secret and folders are not the right ones. Raises {@link ConfigError}.
 */
export const readSettings = async (io: Pick<Io, 'env' | 'root'>): Promise<Config> => readConfig(await environment(io))

/** Which database it is, and who owns its tables, without all the rest. Raises {@link ConfigError}. */
export const readDatabaseSettings = async (io: Pick<Io, 'env' | 'root'>) => readDatabase(await environment(io))

async function environment({ env, root }: Pick<Io, 'env' | 'root'>): Promise<Io['env']> {
  const running = await readRunning(join(root, '.barrow', 'dev.env'))
  if (env.DATABASE_URL === undefined && running.DATABASE_URL === undefined) {
    throw new ConfigError('No shop is known here: start one with `pnpm dev`, or set DATABASE_URL and SECRET.')
  }
  const same = env.DATABASE_URL === undefined || env.DATABASE_URL === running.DATABASE_URL
  return same ? { ...running, ...env } : env
}

async function readRunning(file: string): Promise<Record<string, string | undefined>> {
  try {
    return parseEnv(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
}
