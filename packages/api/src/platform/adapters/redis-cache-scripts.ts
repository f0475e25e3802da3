/** What runs inside Redis, so that nothing comes between its steps. All keys of a cache are in one slot. */
export const scripts = {
  /**
   * KEYS: the answer, the version of all changes, who makes the answer. ARGV: who asks, how long they may make it, how long
   * versions live, what the names of versions begin with. Answers {body, etag, ms left}, or {version of all changes, 1 for
   * whoever is to make the answer}.
   */
  cacheLook: {
    numberOfKeys: 3,
    lua: `
      local kept = redis.call('HMGET', KEYS[1], 'body', 'etag', 'versions')
      if kept[1] then
        local same = true
        for tag, version in string.gmatch(kept[3], '(%S+) (%S+)') do
          if redis.call('GET', ARGV[4] .. tag) ~= version then same = false end
        end
        if same then return {kept[1], kept[2], redis.call('PTTL', KEYS[1])} end
      end
      local begun = redis.call('GET', KEYS[2])
      if not begun then
        begun = ARGV[1]
        redis.call('SET', KEYS[2], begun, 'PX', ARGV[3])
      end
      local leads = redis.call('SET', KEYS[3], ARGV[1], 'NX', 'PX', ARGV[2])
      return {begun, leads and 1 or 0}`,
  },
  /**
   * KEYS: the answer, the version of all changes. ARGV: that version from before it was made, the body, the etag, ms left, a
   * new version, how long versions live, what their names begin with, then the tags.
   */
  cacheKeep: {
    numberOfKeys: 2,
    lua: `
      if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
      local versions = {}
      for at = 8, #ARGV do
        local version = redis.call('GET', ARGV[7] .. ARGV[at])
        if not version then
          version = ARGV[5]
          redis.call('SET', ARGV[7] .. ARGV[at], version, 'PX', ARGV[6])
        end
        table.insert(versions, ARGV[at] .. ' ' .. version)
      end
      redis.call('HSET', KEYS[1], 'body', ARGV[2], 'etag', ARGV[3], 'versions', table.concat(versions, ' '))
      redis.call('PEXPIRE', KEYS[1], ARGV[4])
      return 1`,
  },
  /** KEYS: who makes the answer. ARGV: who is ready. */
  cacheFinish: {
    numberOfKeys: 1,
    lua: `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`,
  },
  /** KEYS: one at least. ARGV: a new version, how long versions live, what their names begin with, then the tags. */
  cacheDrop: {
    numberOfKeys: 1,
    lua: `
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      for at = 4, #ARGV do redis.call('SET', ARGV[3] .. ARGV[at], ARGV[1], 'PX', ARGV[2]) end`,
  },
}

type Argument = string | number | Buffer

/** The scripts as ioredis offers them. Those ending in `Buffer` answer bytes as they are. */
export interface Scripted {
  cacheLookBuffer(...given: Argument[]): Promise<[Buffer, Buffer, number] | [Buffer, number]>
  cacheKeep(...given: Argument[]): Promise<unknown>
  cacheFinish(...given: Argument[]): Promise<unknown>
  cacheDrop(...given: Argument[]): Promise<unknown>
}
