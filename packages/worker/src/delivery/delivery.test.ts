import { deliveryContract } from './contract.ts'

deliveryContract('postgres')
