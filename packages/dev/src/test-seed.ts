/** What the order of tests and their generated inputs are drawn from: the same commit passes or fails the same way each time. */
export const TEST_SEED = Number(process.env.TEST_SEED ?? 1)
