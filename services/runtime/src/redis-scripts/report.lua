-- Takes one region result into its verdict-minute: merge, judge, raw fields, look entry, seal or correct. One call,
-- atomic. The same result twice changes nothing and appends nothing.
--
-- KEYS vm now unsealed stream (all of one endpoint, one hash tag).
-- Returns { outcome, revision, reason of the look entry or '' }.
local vm_key, now_key, unsealed_key, stream = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local now_ms, endpoint, minute_number, kind, region, vote = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local finding, is_noteworthy, asked, last, covers = ARGV[7], ARGV[8] == '1', ARGV[9], ARGV[10], ARGV[11]
local retention_class, due, traceparent, job_id, look = ARGV[12], ARGV[13], ARGV[14], ARGV[15], ARGV[16]

local function is_newer(a, b)
  local a_at, a_digest = string.match(a, '^(%d+)|(%x+)')
  local b_at, b_digest = string.match(b, '^(%d+)|(%x+)')
  if a_at ~= b_at then
    return tonumber(a_at) > tonumber(b_at)
  end
  return a_digest > b_digest
end

local minute = read_minute(vm_key)
local is_begun = next(minute) ~= nil
local closes_at = (tonumber(minute_number) + 1) * 60000 + SEAL_AFTER_MS + LATE_ACCEPTED_MS
if minute.sealed then
  closes_at = tonumber(minute.sealed) + LATE_ACCEPTED_MS
end
if (minute.sealed or not is_begun) and tonumber(now_ms) > closes_at then
  return { 'too-late', tonumber(minute.rev or 0), '' }
end

local changed = {}
local function put(field, value)
  if minute[field] ~= value then
    minute[field] = value
    changed[#changed + 1] = field
    changed[#changed + 1] = value
    return true
  end
  return false
end
local function put_larger(field, value)
  local known = minute[field]
  if known == nil or tonumber(value) > tonumber(known) then
    return put(field, value)
  end
  return false
end

-- Merge. `is_shown`: whether a stream entry would now read differently.
local stored = minute[region]
local is_repeated = stored == vote
local is_winning = stored == nil or (not is_repeated and is_newer(vote, stored))
local is_shown = is_winning
local lost_finding
if is_winning then
  put(region, vote)
  if is_noteworthy then
    put('d:' .. region, finding)
  elseif minute['d:' .. region] then
    lost_finding = 'd:' .. region
    minute[lost_finding] = nil
  end
end
local asked_before = union(minute.ask, minute.also)
if kind == 'slot' then
  put('ask', union(minute.ask, asked))
else
  put('also', union(minute.also, asked))
end
local all_asked = union(asked_before, asked)
is_shown = all_asked ~= asked_before or is_shown
is_shown = put_larger('cov', covers) or is_shown
if not is_begun then
  put('rc', retention_class)
  put('tp', traceparent)
end
local is_due_later = false
if not minute.sealed then
  is_due_later = put_larger('due', due)
  if last ~= '' and put_larger('last', last) and minute.done then
    put('done', '')
  end
  if kind == 'slot' and string.match(vote, '^%d+|%x+|(%d+)') == minute.last then
    put('done', union(minute.done, region))
  end
end

local now = redis.call('HMGET', now_key, 'committed', 'confirming', 'raw_minute', 'r:' .. region)
local committed, confirming, raw_minute, raw_vote = now[1], now[2], now[3], now[4]
local state = string.match(vote, '^%d+|%x+|%d+|%d+|([a-z_]+)')

-- Seal or correct.
local outcome = 'merged'
if minute.sealed then
  outcome = is_shown and 'corrected' or 'duplicate'
  if is_shown then
    put('rev', string.format('%.0f', tonumber(minute.rev) + 1))
  end
elseif #changed == 0 then
  outcome = 'duplicate'
elseif is_complete(minute, confirming, minute_number) then
  outcome = 'sealed'
  put('sealed', now_ms)
  put('rev', '1')
end
if #changed > 0 then
  redis.call('HSET', vm_key, unpack(changed))
end
if lost_finding then
  redis.call('HDEL', vm_key, lost_finding)
end
if outcome == 'sealed' then
  redis.call('HDEL', vm_key, unpack(OPEN_FIELDS))
  redis.call('EXPIRE', vm_key, SEALED_LIFE_S)
  if is_begun then
    redis.call('ZREM', unsealed_key, endpoint .. ':' .. minute_number)
  end
elseif not minute.sealed then
  if not is_begun then
    redis.call('EXPIRE', vm_key, UNSEALED_LIFE_S)
  end
  if is_due_later then
    redis.call('ZADD', unsealed_key, due, endpoint .. ':' .. minute_number)
  end
end

-- Raw fields, only forwards in time.
local raw = {}
if is_winning and (not raw_vote or is_newer(vote, raw_vote)) then
  raw = { 'r:' .. region, vote, 'd:' .. region, finding }
end
local regions, verdict
if is_shown then
  regions = split(all_asked)
  verdict = judge(minute, regions)
  if not raw_minute or tonumber(minute_number) >= tonumber(raw_minute) then
    local n = #raw
    raw[n + 1], raw[n + 2] = 'raw_state', verdict[1]
    raw[n + 3], raw[n + 4] = 'raw_reason', verdict[2]
    raw[n + 5], raw[n + 6] = 'raw_minute', minute_number
    raw[n + 7], raw[n + 8] = 'raw_at', verdict[4]
    raw[n + 9], raw[n + 10] = 'raw_latency', verdict[3]
  end
end
if #raw > 0 then
  redis.call('HSET', now_key, unpack(raw))
end

-- Tell the router at once. A superseded result may still answer a look, but crosses nothing.
local look_reason = ''
if not is_repeated then
  local is_confirming = confirming and string.find(confirming, '^%d+:%d+:%d+$')
  local is_down = state == 'down'
  if kind == 'look' then
    look_reason = 'look-job'
  elseif is_confirming then
    look_reason = 'confirming'
  elseif is_winning and state ~= 'unknown' and
    ((committed ~= 'up' and committed ~= 'down') or is_down ~= (committed == 'down')) then
    look_reason = 'crosses-committed'
  end
end
if look_reason ~= '' then
  local entry = { 'v', VERSION, 'k', 'look', 'e', endpoint, 'm', minute_number, 'at', now_ms, 'tp', traceparent,
    'r', region, 'j', job_id, 'lk', look, 'vote', vote }
  if is_noteworthy then
    entry[#entry + 1] = 'd'
    entry[#entry + 1] = finding
  end
  redis.call('XADD', stream, '*', unpack(entry))
end
if outcome == 'sealed' or outcome == 'corrected' then
  regions = regions or split(all_asked)
  verdict = verdict or judge(minute, regions)
  append_minute(stream, outcome, minute, regions, verdict, endpoint, minute_number, now_ms, traceparent)
end
return { outcome, tonumber(minute.rev or 0), look_reason }
