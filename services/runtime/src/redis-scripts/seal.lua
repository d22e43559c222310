-- Seals one verdict-minute, once: a second call, at the same time or later, finds it sealed and does nothing.
--
-- KEYS vm now unsealed stream. ARGV now_ms endpoint minute mode; mode `due`: when its deadline has passed,
-- `complete`: when nothing is outstanding any more. Returns sealed | already-sealed | not-yet | gone.
local vm_key, now_key, unsealed_key, stream = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local now_ms, endpoint, minute_number, mode = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local minute = read_minute(vm_key)
local member = endpoint .. ':' .. minute_number
if next(minute) == nil then
  redis.call('ZREM', unsealed_key, member)
  return 'gone'
end
if minute.sealed then
  redis.call('ZREM', unsealed_key, member)
  return 'already-sealed'
end
if mode == 'due' then
  if tonumber(minute.due) > tonumber(now_ms) then
    redis.call('ZADD', unsealed_key, minute.due, member)
    return 'not-yet'
  end
elseif not is_complete(minute, redis.call('HGET', now_key, 'confirming'), minute_number) then
  return 'not-yet'
end
minute.sealed = now_ms
minute.rev = '1'
redis.call('HSET', vm_key, 'sealed', now_ms, 'rev', '1')
redis.call('HDEL', vm_key, unpack(OPEN_FIELDS))
redis.call('EXPIRE', vm_key, SEALED_LIFE_S)
redis.call('ZREM', unsealed_key, member)
local regions = split(union(minute.ask, minute.also))
append_minute(stream, 'sealed', minute, regions, judge(minute, regions), endpoint, minute_number, now_ms, minute.tp)
return 'sealed'
