// Asks the process of this container whether it can serve: an image of ours has no curl.
const { INTERNAL_PORT } = process.env
const answer = await fetch(`http://127.0.0.1:${INTERNAL_PORT}/health/ready`, {
  signal: AbortSignal.timeout(2_500),
}).catch(() => undefined)
process.exit(answer?.ok ? 0 : 1)
