import { expect, test } from 'vitest'
import { leftOut } from './test-services.ts'

const all = { REDIS_URL: 'redis://x', KAFKA_BROKERS: 'x:9092', OPENSEARCH_URL: 'http://x' }

test('with every server given, no suite is left out', () => {
  expect(leftOut(all)).toEqual({ files: [], notice: undefined })
})

test('the suites of a server that is not given are left out, and one line says so', () => {
  const { files, notice } = leftOut({ ...all, KAFKA_BROKERS: '' })
  expect(files).toEqual(['**/*.kafka.test.ts'])
  expect(notice).toContain('kafka (KAFKA_BROKERS)')
  expect(notice).not.toContain('\n')
})
