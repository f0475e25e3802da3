import pg from 'pg'

/** Amounts are safe integers. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)),
}

export const openLimitPool = (connectionString: string, max: number): pg.Pool =>
  new pg.Pool({ connectionString, max, types })
