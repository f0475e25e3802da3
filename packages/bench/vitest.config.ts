import { testConfig } from '@barrow/dev/test-config'

export default testConfig('bench')
