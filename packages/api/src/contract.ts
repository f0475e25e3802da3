import type { inferRouterInputs, inferRouterOutputs, TRPCBuiltRouter } from '@trpc/server'
import type { CommonShape } from './platform/error-shape.ts'
import type { routes } from './routes.ts'

export type { CommonShape, ErrorData, ErrorShape } from './platform/error-shape.ts'

/** The router as a client may see it: names, inputs, outputs and errors, and nothing of how they come about. */
export type AppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: CommonShape; transformer: true },
  typeof routes
>
export type Inputs = inferRouterInputs<AppRouter>
export type Outputs = inferRouterOutputs<AppRouter>
